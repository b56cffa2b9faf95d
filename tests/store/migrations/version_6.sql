-- The library's tables, shared with other programs, and facereview's own beside them.
-- Idempotent: runs on an empty database, on one another program made, and twice. It describes the
-- newest version; an older library is brought there by facereview's numbered migrations.
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

-- A new library is of the newest version at once; an older one is brought there by the numbered
-- steps in facereview/store/migrations, which tell how to change this file.
INSERT INTO facereview.meta (key, value)
SELECT 'version', '6' WHERE to_regclass('facereview.batch') IS NULL
ON CONFLICT (key) DO NOTHING;

-- Which of those steps ran here, and when last.
CREATE TABLE IF NOT EXISTS facereview.schema_step (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    ran_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- One key press, or one run of automatic matching: done and undone as a whole.
-- token is the client's own name for it, so that sending it twice writes it once. workstation is
-- where the actor sat, '' where that was not kept yet.
CREATE TABLE IF NOT EXISTS facereview.batch (
    id BIGSERIAL PRIMARY KEY,
    token UUID NOT NULL UNIQUE,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('accept', 'assign', 'confirm', 'reject', 'not_person', 'automatic',
                        'undo', 'redo', 'skip', 'join', 'mirror', 'split', 'later', 'exclude',
                        'add', 'promote', 'retire', 'restore', 'move', 'create', 'rename',
                        'describe', 'picture', 'merge', 'divide', 'replaced')),
    creator_id INTEGER,
    reason TEXT CHECK (reason IN ('stranger', 'not_a_face', 'unusable')),
    reverts BIGINT REFERENCES facereview.batch(id),
    undone_by BIGINT REFERENCES facereview.batch(id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    workstation TEXT NOT NULL DEFAULT '',
    detail JSONB NOT NULL DEFAULT '{}',
    overtaken_at TIMESTAMPTZ
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

-- Decisions that did not stand because another curator had decided otherwise, until their curator
-- has seen them. token is the decision's own.
CREATE TABLE IF NOT EXISTS facereview.conflict (
    token UUID NOT NULL,
    detection_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    actor TEXT NOT NULL,
    workstation TEXT NOT NULL,
    kind TEXT NOT NULL,
    creator_id INTEGER,
    name TEXT,
    reason TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    looked_at TIMESTAMPTZ,
    PRIMARY KEY (token, detection_id)
);
CREATE INDEX IF NOT EXISTS conflict_waiting ON facereview.conflict(actor, workstation)
    WHERE looked_at IS NULL;

-- "Not this person": never suggested again for this face.
CREATE TABLE IF NOT EXISTS facereview.verdict (
    detection_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    creator_id INTEGER NOT NULL REFERENCES public.creators(id) ON DELETE CASCADE,
    PRIMARY KEY (detection_id, creator_id)
);

-- Automatic matches that no curator has confirmed or changed yet.
CREATE TABLE IF NOT EXISTS facereview.automatic (
    detection_id INTEGER PRIMARY KEY
        REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    batch_id BIGINT NOT NULL REFERENCES facereview.batch(id)
);

-- Rows other than faces that an act changed, each whole, before and after.
CREATE TABLE IF NOT EXISTS facereview.row_change (
    id BIGSERIAL PRIMARY KEY,
    batch_id BIGINT NOT NULL REFERENCES facereview.batch(id),
    subject TEXT NOT NULL
        CHECK (subject IN ('creator', 'alias', 'cluster', 'membership', 'apart', 'mirror',
                           'reference', 'skip', 'change', 'replaced')),
    before JSONB,
    after JSONB
);
CREATE INDEX IF NOT EXISTS row_change_batch ON facereview.row_change(batch_id);

-- Faces that a curator skipped, until they are decided.
CREATE TABLE IF NOT EXISTS facereview.skip (
    detection_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    actor TEXT NOT NULL,
    skipped_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (detection_id, actor)
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

-- What the file of a video held when its faces were found: its size and XXH3-128 of its head,
-- middle and tail, as size-hash; whole is XXH3-128 of all of it, made where two videos agree in the
-- first. file_changed is the file's change time, seconds since 1970. greys are small pictures of the
-- frames at these times, 24 x 24 bytes each, by which a changed file is compared.
CREATE TABLE IF NOT EXISTS facereview.fingerprint (
    video_id INTEGER PRIMARY KEY REFERENCES public.videos(id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    whole TEXT,
    file_changed DOUBLE PRECISION NOT NULL,
    times JSONB NOT NULL DEFAULT '[]',
    greys BYTEA NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS fingerprint_content ON facereview.fingerprint(content);

-- A film whose file was replaced by another: its decided faces are set aside until its file is
-- found again, or a curator says what becomes of them. path and title are those of the film then;
-- video_id is the video that has its path now.
CREATE TABLE IF NOT EXISTS facereview.replaced (
    id BIGSERIAL PRIMARY KEY,
    video_id INTEGER REFERENCES public.videos(id) ON DELETE SET NULL,
    path TEXT NOT NULL,
    title TEXT,
    content TEXT,
    whole TEXT,
    replaced_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    answer TEXT CHECK (answer IN ('keep', 'drop', 'match'))
);
CREATE INDEX IF NOT EXISTS replaced_content ON facereview.replaced(content);
CREATE INDEX IF NOT EXISTS replaced_video ON facereview.replaced(video_id);

-- The faces of such films. They are moved here out of video_face_detections, so that no program
-- shows them on the new pictures; face is the whole row, with the columns of other programs.
-- creator_id and denied are whom it shows and does not show by its decisions, batch_id is the run
-- that matched it automatically, where nobody checked it.
CREATE TABLE IF NOT EXISTS facereview.aside (
    detection_id INTEGER PRIMARY KEY,
    replaced_id BIGINT NOT NULL REFERENCES facereview.replaced(id) ON DELETE CASCADE,
    creator_id INTEGER,
    denied JSONB NOT NULL DEFAULT '[]',
    batch_id BIGINT REFERENCES facereview.batch(id),
    face JSONB NOT NULL
);
CREATE INDEX IF NOT EXISTS aside_replaced ON facereview.aside(replaced_id);

-- Pending faces believed to be one person, with the suggestion of all of them. centre is the
-- direction of their mean at the last update. The values per face are in membership, so that those
-- of a cluster follow as its faces are decided and become pending again.
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
-- whom the others were then confirmed as. batch_id: that confirmation; it holds while that stands.
CREATE TABLE IF NOT EXISTS facereview.apart (
    detection_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    cluster_id BIGINT NOT NULL REFERENCES facereview.cluster(id) ON DELETE CASCADE,
    creator_id INTEGER REFERENCES public.creators(id) ON DELETE SET NULL,
    batch_id BIGINT REFERENCES facereview.batch(id),
    PRIMARY KEY (detection_id, cluster_id)
);
CREATE INDEX IF NOT EXISTS apart_cluster ON facereview.apart(cluster_id);
CREATE INDEX IF NOT EXISTS apart_batch ON facereview.apart(batch_id);

-- Whether a decision stands: it was not undone, or what undid it was undone in turn.
CREATE OR REPLACE FUNCTION facereview.stands(batch BIGINT) RETURNS BOOLEAN LANGUAGE sql STABLE AS $$
    WITH RECURSIVE chain (undone_by, stands) AS (
        SELECT b.undone_by, TRUE FROM facereview.batch b WHERE b.id = $1
        UNION ALL
        SELECT b.undone_by, NOT c.stands FROM chain c JOIN facereview.batch b ON b.id = c.undone_by)
    SELECT coalesce((SELECT c.stands FROM chain c WHERE c.undone_by IS NULL), TRUE)
$$;

-- Two faces of one frame that may be one person all the same: a mirror, a collage.
CREATE TABLE IF NOT EXISTS facereview.mirror (
    detection_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    PRIMARY KEY (detection_id, other_id),
    CHECK (detection_id < other_id)
);

-- Which of the library's folders a file lies in, by the table that lists them; one that lies in
-- none gets its own folder listed.
CREATE OR REPLACE FUNCTION facereview.folder_of(folders REGCLASS, key NAME, file TEXT)
RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE
    place NAME;
    answer TEXT;
BEGIN
    SELECT attname INTO place FROM pg_attribute
    WHERE attrelid = folders AND NOT attisdropped AND atttypid = 'text'::regtype
      AND attname IN ('path', 'folder_path', 'directory_path');
    IF place IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format(
        'SELECT %1$I::text FROM %2$s WHERE left($1, length(rtrim(%3$I, ''/\'')) + 1) '
        'IN (rtrim(%3$I, ''/\'') || ''/'', rtrim(%3$I, ''/\'') || ''\'') '
        'ORDER BY length(%3$I) DESC LIMIT 1', key, folders, place) INTO answer USING file;
    IF answer IS NULL THEN
        EXECUTE format('INSERT INTO %2$s (%3$I) VALUES ($1) RETURNING %1$I::text',
                       key, folders, place)
        INTO answer USING regexp_replace(file, '[/\\][^/\\]*$', '');
    END IF;
    RETURN answer;
END $$;

-- The id of a video, added if it is new. Another program's library may need more of a video than
-- its path: its file's name, and which of the library's folders it lies in.
CREATE OR REPLACE FUNCTION facereview.video_of(video_path TEXT, video_title TEXT)
RETURNS INTEGER LANGUAGE plpgsql AS $$
DECLARE
    answer INTEGER;
    names TEXT := '';
    texts TEXT := '';
    needed RECORD;
BEGIN
    SELECT id INTO answer FROM public.videos WHERE file_path = video_path;
    IF answer IS NOT NULL THEN
        RETURN answer;
    END IF;
    FOR needed IN
        SELECT a.attname AS name, k.confrelid::regclass AS folders, f.attname AS key
        FROM pg_attribute a
        LEFT JOIN pg_constraint k
            ON k.conrelid = a.attrelid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum]
        LEFT JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[1]
        WHERE a.attrelid = 'public.videos'::regclass AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
          AND a.attname NOT IN ('file_path', 'title')
    LOOP
        IF needed.folders IS NOT NULL THEN
            names := names || format(', %I', needed.name);
            texts := texts || format(', %L', facereview.folder_of(
                needed.folders, needed.key, video_path));
        ELSIF needed.name IN ('file_name', 'filename', 'name') THEN
            names := names || format(', %I', needed.name);
            texts := texts || format(', %L', regexp_replace(video_path, '^.*[/\\]', ''));
        END IF;
    END LOOP;
    EXECUTE format('INSERT INTO public.videos (file_path, title%s) VALUES ($1, $2%s) '
                   'ON CONFLICT (file_path) DO UPDATE SET file_path = excluded.file_path '
                   'RETURNING id', names, texts)
    INTO answer USING video_path, video_title;
    RETURN answer;
END $$;

-- ------------------------------------------------------------------------ facereview: references

-- References taken out of use. They are moved here out of creator_face_embeddings, so that no
-- program compares with them; rest holds the columns another program added to that table.
CREATE TABLE IF NOT EXISTS facereview.retired (
    id INTEGER PRIMARY KEY,
    creator_id INTEGER NOT NULL REFERENCES public.creators(id) ON DELETE CASCADE,
    embedding vector(512) NOT NULL,
    source_type TEXT NOT NULL,
    source_path TEXT,
    quality_score REAL,
    created_at TIMESTAMP,
    rest JSONB NOT NULL DEFAULT '{}',
    actor TEXT NOT NULL,
    retired_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS retired_creator ON facereview.retired(creator_id);

-- References withdrawn by the undo of the act that made them, kept for its redo. They outlive their creator,
-- who may have been made by an act that is undone as well.
CREATE TABLE IF NOT EXISTS facereview.withdrawn (
    id INTEGER PRIMARY KEY,
    creator_id INTEGER NOT NULL,
    embedding vector(512) NOT NULL,
    source_type TEXT NOT NULL,
    source_path TEXT,
    quality_score REAL,
    created_at TIMESTAMP,
    rest JSONB NOT NULL DEFAULT '{}'
);

-- Who added a reference, live or retired; detection_id is the face it was promoted from,
-- picture says that a copy of its picture lies in the data folder.
CREATE TABLE IF NOT EXISTS facereview.reference_origin (
    reference_id INTEGER PRIMARY KEY,
    actor TEXT NOT NULL,
    detection_id INTEGER,
    picture BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS reference_origin_detection
    ON facereview.reference_origin(detection_id);

-- ---------------------------------------------------------------------------- facereview: people

-- Aliases of creators; every search by name finds them.
CREATE TABLE IF NOT EXISTS facereview.alias (
    creator_id INTEGER NOT NULL REFERENCES public.creators(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY (creator_id, name)
);

-- Merges and splits of creators; other_id was merged into creator_id, or split off it.
-- An undo marks its row. Decisions logged later than the change have an id above mark. detail
-- holds what an undo needs, among it the complete row of a creator that is gone. Of an erased
-- person nothing is left but that an erasure happened, and when.
CREATE TABLE IF NOT EXISTS facereview.person_change (
    id BIGSERIAL PRIMARY KEY,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('rename', 'merge', 'split', 'delete', 'erase')),
    creator_id INTEGER,
    other_id INTEGER,
    detail JSONB NOT NULL DEFAULT '{}',
    mark BIGINT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    undone_at TIMESTAMPTZ
);
CREATE INDEX IF NOT EXISTS person_change_merged ON facereview.person_change(other_id)
    WHERE kind = 'merge' AND undone_at IS NULL;

-- What a change moved from one creator to another: a face with its state then, a reference, a
-- video's tag, a verdict. ours: facereview had made that tag. added: the creator who stays did
-- not have it before.
CREATE TABLE IF NOT EXISTS facereview.person_move (
    change_id BIGINT NOT NULL REFERENCES facereview.person_change(id) ON DELETE CASCADE,
    what TEXT NOT NULL CHECK (what IN ('face', 'reference', 'retired', 'tag', 'verdict')),
    id INTEGER NOT NULL,
    status TEXT,
    confidence REAL,
    ours BOOLEAN,
    added BOOLEAN,
    PRIMARY KEY (change_id, what, id)
);
