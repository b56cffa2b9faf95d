-- The library's tables, shared with other programs, and facereview's own beside them.
-- Idempotent: runs on an empty database, on one another program made, and twice.
-- Needs PostgreSQL 16 or newer with pgvector 0.8 or newer. Never drops or rewrites what is there.

CREATE EXTENSION IF NOT EXISTS vector;

-- ------------------------------------------------------------------ shared with other programs

CREATE TABLE IF NOT EXISTS public.creators (
    id SERIAL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    profile_picture_path TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS public.videos (
    id SERIAL PRIMARY KEY,
    file_path TEXT NOT NULL UNIQUE,
    title TEXT,
    duration_seconds REAL,
    width INTEGER,
    height INTEGER,
    codec TEXT,
    file_size_bytes BIGINT,
    file_hash TEXT,
    is_available BOOLEAN DEFAULT TRUE,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS public.creator_face_embeddings (
    id SERIAL PRIMARY KEY,
    creator_id INTEGER NOT NULL REFERENCES public.creators(id) ON DELETE CASCADE,
    embedding vector(512) NOT NULL,
    source_type TEXT NOT NULL CHECK (source_type IN ('profile_picture', 'video_frame', 'manual')),
    source_path TEXT,
    quality_score REAL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS public.video_face_detections (
    id SERIAL PRIMARY KEY,
    video_id INTEGER NOT NULL REFERENCES public.videos(id) ON DELETE CASCADE,
    frame_timestamp REAL NOT NULL,
    embedding vector(512) NOT NULL,
    bbox_x REAL NOT NULL,
    bbox_y REAL NOT NULL,
    bbox_width REAL NOT NULL,
    bbox_height REAL NOT NULL,
    quality_score REAL,
    matched_creator_id INTEGER REFERENCES public.creators(id) ON DELETE SET NULL,
    match_confidence REAL,
    match_status TEXT DEFAULT 'pending'
        CHECK (match_status IN ('pending', 'matched', 'rejected', 'manual')),
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS public.face_recognition_config (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO public.face_recognition_config (key, value) VALUES
    ('match_threshold', '0.5'),
    ('auto_tag_threshold', '0.7'),
    ('frames_per_video', '5'),
    ('min_face_size', '64'),
    ('enabled', 'true')
ON CONFLICT (key) DO NOTHING;

-- An accepted face tags its video here.
CREATE TABLE IF NOT EXISTS public.video_creators (
    video_id INTEGER NOT NULL REFERENCES public.videos(id) ON DELETE CASCADE,
    creator_id INTEGER NOT NULL REFERENCES public.creators(id) ON DELETE CASCADE,
    PRIMARY KEY (video_id, creator_id)
);

CREATE INDEX IF NOT EXISTS idx_creator_faces_embedding ON public.creator_face_embeddings
    USING hnsw (embedding vector_cosine_ops);
CREATE INDEX IF NOT EXISTS idx_video_faces_embedding ON public.video_face_detections
    USING hnsw (embedding vector_cosine_ops);
CREATE INDEX IF NOT EXISTS idx_video_faces_video ON public.video_face_detections(video_id);
CREATE INDEX IF NOT EXISTS idx_video_faces_status ON public.video_face_detections(match_status);
CREATE INDEX IF NOT EXISTS idx_creator_faces_creator ON public.creator_face_embeddings(creator_id);

-- vector(512) is 2,056 bytes, just past the TOAST limit: kept in the row, an exact scan of the
-- references needs no detoasting. Contents are unchanged; only the owner may set it, and only
-- speed is lost where somebody else owns the table.
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = 'public.creator_face_embeddings'::regclass
          AND attname = 'embedding' AND attstorage <> 'p'
    ) THEN
        ALTER TABLE public.creator_face_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    NULL;
END $$;

-- ---------------------------------------------------------------------------- facereview's own

CREATE SCHEMA IF NOT EXISTS facereview;

-- version, library id, the pack that made the embeddings, config rows as first seen.
CREATE TABLE IF NOT EXISTS facereview.meta (
    key TEXT PRIMARY KEY,
    value JSONB NOT NULL
);

-- One key press, or one run of the machine: what is done and undone as a whole.
-- token is the client's own name for it, so that sending it twice writes it once.
CREATE TABLE IF NOT EXISTS facereview.batch (
    id BIGSERIAL PRIMARY KEY,
    token UUID NOT NULL UNIQUE,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('accept', 'assign', 'reject', 'not_person', 'automatic', 'undo', 'redo')),
    creator_id INTEGER,
    reason TEXT CHECK (reason IN ('stranger', 'not_a_face', 'unusable')),
    reverts BIGINT REFERENCES facereview.batch(id),
    undone_by BIGINT REFERENCES facereview.batch(id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS batch_actor ON facereview.batch(actor, id);

-- The append-only log: each face of a batch before and after. It outlives faces and creators,
-- hence no foreign keys to them. denied: the verdict "not this person" was given here.
CREATE TABLE IF NOT EXISTS facereview.decision (
    id BIGSERIAL PRIMARY KEY,
    batch_id BIGINT NOT NULL REFERENCES facereview.batch(id),
    detection_id INTEGER NOT NULL,
    video_id INTEGER NOT NULL,
    before_status TEXT NOT NULL,
    before_creator_id INTEGER,
    before_confidence REAL,
    before_automatic BIGINT,
    after_status TEXT NOT NULL,
    after_creator_id INTEGER,
    after_confidence REAL,
    denied INTEGER
);
CREATE INDEX IF NOT EXISTS decision_batch ON facereview.decision(batch_id);
CREATE INDEX IF NOT EXISTS decision_detection ON facereview.decision(detection_id);

-- "Not this person": never suggested again for this face.
CREATE TABLE IF NOT EXISTS facereview.verdict (
    detection_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    creator_id INTEGER NOT NULL REFERENCES public.creators(id) ON DELETE CASCADE,
    PRIMARY KEY (detection_id, creator_id)
);

-- Faces matched by the machine that no curator has confirmed or changed yet.
CREATE TABLE IF NOT EXISTS facereview.automatic (
    detection_id INTEGER PRIMARY KEY
        REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    batch_id BIGINT NOT NULL REFERENCES facereview.batch(id)
);

-- Rows of video_creators that facereview put there; all others are never removed by it.
CREATE TABLE IF NOT EXISTS facereview.tag (
    video_id INTEGER NOT NULL,
    creator_id INTEGER NOT NULL,
    PRIMARY KEY (video_id, creator_id),
    FOREIGN KEY (video_id, creator_id)
        REFERENCES public.video_creators(video_id, creator_id) ON DELETE CASCADE
);

-- The last scan of each video; fault is why it could not be read.
CREATE TABLE IF NOT EXISTS facereview.scan (
    video_id INTEGER PRIMARY KEY REFERENCES public.videos(id) ON DELETE CASCADE,
    file_modified DOUBLE PRECISION NOT NULL,
    frames_per_video INTEGER NOT NULL,
    min_face_size INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    faces INTEGER NOT NULL,
    fault TEXT,
    scanned_at TIMESTAMPTZ NOT NULL DEFAULT now()
);


-- Pending faces believed to be one person, with what all of them say together. centre is the
-- direction of their mean when they were last looked at. The numbers per face stand in membership,
-- so that those of a cluster follow as its faces are decided and come back.
CREATE TABLE IF NOT EXISTS facereview.cluster (
    id BIGSERIAL PRIMARY KEY,
    creator_id INTEGER REFERENCES public.creators(id) ON DELETE SET NULL,
    rival_id INTEGER REFERENCES public.creators(id) ON DELETE SET NULL,
    margin REAL,
    lookalike BOOLEAN NOT NULL DEFAULT FALSE,
    centre vector(512),
    postponed_at TIMESTAMPTZ
);

-- The cluster of each face, kept while it is decided so that an undo brings it back there. NULL:
-- it looks like nobody else. likeness is its cosine to the centre, similarity that to the suggested
-- creator's best reference (for a single face: to the nearest creator's), agrees whether that
-- creator is the face's own nearest (for a single face: likely). fixed: put there by a curator.
CREATE TABLE IF NOT EXISTS facereview.membership (
    detection_id INTEGER PRIMARY KEY
        REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    cluster_id BIGINT REFERENCES facereview.cluster(id) ON DELETE CASCADE,
    likeness REAL NOT NULL DEFAULT 1,
    similarity REAL,
    agrees BOOLEAN NOT NULL DEFAULT FALSE,
    fixed BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX IF NOT EXISTS membership_cluster ON facereview.membership(cluster_id);

-- A face that a curator took out of a cluster: it never comes back there, nor under the creator
-- whom the others were then confirmed as.
CREATE TABLE IF NOT EXISTS facereview.apart (
    detection_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    cluster_id BIGINT NOT NULL REFERENCES facereview.cluster(id) ON DELETE CASCADE,
    creator_id INTEGER REFERENCES public.creators(id) ON DELETE SET NULL,
    PRIMARY KEY (detection_id, cluster_id)
);
CREATE INDEX IF NOT EXISTS apart_cluster ON facereview.apart(cluster_id);

-- Two faces of one frame that may be one person all the same: a mirror, a collage.
CREATE TABLE IF NOT EXISTS facereview.mirror (
    detection_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    PRIMARY KEY (detection_id, other_id),
    CHECK (detection_id < other_id)
);
