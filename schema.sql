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
SELECT 'version', '17' WHERE to_regclass('facereview.batch') IS NULL
ON CONFLICT (key) DO NOTHING;

-- Which of those steps ran here, and when last.
CREATE TABLE IF NOT EXISTS facereview.schema_step (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    ran_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- One key press, or one run of automatic matching: done and undone as a whole. Of scans, migrations,
-- deleted and erased creators and removed videos only detail says what was done: they are not undone.
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
                        'describe', 'picture', 'merge', 'divide', 'replaced', 'different',
                        'video_removed', 'setting', 'scan', 'migrate', 'delete', 'erase',
                        'located')),
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
CREATE INDEX IF NOT EXISTS batch_time ON facereview.batch(created_at, id);
CREATE INDEX IF NOT EXISTS batch_actor_time ON facereview.batch(actor, created_at, id);
CREATE INDEX IF NOT EXISTS batch_kind_time ON facereview.batch(kind, created_at, id);
CREATE INDEX IF NOT EXISTS batch_creator ON facereview.batch(creator_id)
    WHERE creator_id IS NOT NULL;

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
CREATE INDEX IF NOT EXISTS decision_after ON facereview.decision(after_creator_id, batch_id)
    WHERE after_creator_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS decision_before ON facereview.decision(before_creator_id, batch_id)
    WHERE before_creator_id IS NOT NULL;

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
                           'reference', 'skip', 'change', 'replaced', 'different', 'setting')),
    before JSONB,
    after JSONB
);
CREATE INDEX IF NOT EXISTS row_change_batch ON facereview.row_change(batch_id);
CREATE INDEX IF NOT EXISTS row_change_creator
    ON facereview.row_change(((coalesce(before, after) ->> 'creator_id')::int), batch_id)
    WHERE subject = 'reference';

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
-- of a cluster follow as its faces are decided and become pending again. chance is the mean
-- probability of its faces to be that creator, NULL where nobody knows.
CREATE TABLE IF NOT EXISTS facereview.cluster (
    id BIGSERIAL PRIMARY KEY,
    creator_id INTEGER REFERENCES public.creators(id) ON DELETE SET NULL,
    rival_id INTEGER REFERENCES public.creators(id) ON DELETE SET NULL,
    margin REAL,
    lookalike BOOLEAN NOT NULL DEFAULT FALSE,
    centre vector(512),
    postponed_at TIMESTAMPTZ,
    chance REAL
);

-- The cluster of each face, kept while it is decided so that an undo brings it back there. NULL:
-- it looks like nobody else. likeness is its cosine to the centre, similarity that to the suggested
-- creator's best reference (for a single face: to the nearest creator's), agrees whether that
-- creator is the face's own nearest (for a single face: likely). fixed: put there by a curator.
-- joined: those of a video with one number are one person, as a curator said on its cast sheet.
CREATE TABLE IF NOT EXISTS facereview.membership (
    detection_id INTEGER PRIMARY KEY
        REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    cluster_id BIGINT REFERENCES facereview.cluster(id) ON DELETE CASCADE,
    likeness REAL NOT NULL DEFAULT 1,
    similarity REAL,
    agrees BOOLEAN NOT NULL DEFAULT FALSE,
    fixed BOOLEAN NOT NULL DEFAULT FALSE,
    joined BIGINT
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

-- ------------------------------------------------------------------------- facereview: evidence

-- How sure a similarity is: model is fitted on units (tracks of videos) of people; origin says on
-- which, those shipped with the pack or this library's standing decisions.
CREATE TABLE IF NOT EXISTS facereview.calibration (
    id BIGSERIAL PRIMARY KEY,
    pack TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('shipped', 'library')),
    units INTEGER NOT NULL,
    people INTEGER NOT NULL,
    model JSONB NOT NULL,
    made_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- Faces of one video believed to be one person, so many when they were linked. template is the
-- direction of their pooled embeddings, NULL where they are like nothing; pictures is how many
-- different pictures it is worth, face_size the median of their shorter sides in pixels. creator_id is whom the evidence names for
-- all of them, risk the probability that this is wrong (NULL: no calibration), rival_id who comes
-- next; similarity and margin are of the template.
CREATE TABLE IF NOT EXISTS facereview.track (
    id BIGSERIAL PRIMARY KEY,
    video_id INTEGER NOT NULL REFERENCES public.videos(id) ON DELETE CASCADE,
    faces INTEGER NOT NULL,
    template vector(512),
    pictures REAL NOT NULL DEFAULT 1,
    face_size REAL,
    quality REAL,
    creator_id INTEGER REFERENCES public.creators(id) ON DELETE SET NULL,
    rival_id INTEGER REFERENCES public.creators(id) ON DELETE SET NULL,
    similarity REAL,
    margin REAL,
    risk REAL CHECK (risk > 0 AND risk < 1),
    calibration_id BIGINT REFERENCES facereview.calibration(id) ON DELETE SET NULL,
    judged_at TIMESTAMPTZ,
    unlike INTEGER[]
);
CREATE INDEX IF NOT EXISTS track_video ON facereview.track(video_id);
CREATE INDEX IF NOT EXISTS track_creator ON facereview.track(creator_id);

-- The track of each face; a face without a row was not looked at yet.
CREATE TABLE IF NOT EXISTS facereview.track_face (
    detection_id INTEGER PRIMARY KEY
        REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    track_id BIGINT NOT NULL REFERENCES facereview.track(id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS track_face_track ON facereview.track_face(track_id);

-- What the machine settled at an error rate, and the risk known then: kept when it is checked.
CREATE TABLE IF NOT EXISTS facereview.settled (
    detection_id INTEGER PRIMARY KEY
        REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    batch_id BIGINT NOT NULL REFERENCES facereview.batch(id),
    creator_id INTEGER NOT NULL REFERENCES public.creators(id) ON DELETE CASCADE,
    risk REAL NOT NULL,
    error_rate REAL NOT NULL,
    calibration_id BIGINT REFERENCES facereview.calibration(id) ON DELETE SET NULL
);
CREATE INDEX IF NOT EXISTS settled_batch ON facereview.settled(batch_id);

-- Videos of which further frames were looked at, because a first look left a track uncertain.
CREATE TABLE IF NOT EXISTS facereview.further_look (
    video_id INTEGER PRIMARY KEY REFERENCES public.videos(id) ON DELETE CASCADE,
    frames INTEGER NOT NULL,
    looked_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- A sample of a creator's automatic matches, drawn at random once to check all of them by it:
-- population is how many there were, of which drawn were to be looked at.
CREATE TABLE IF NOT EXISTS facereview.check_sample (
    id BIGSERIAL PRIMARY KEY,
    creator_id INTEGER NOT NULL REFERENCES public.creators(id) ON DELETE CASCADE,
    actor TEXT NOT NULL,
    population INTEGER NOT NULL,
    drawn INTEGER NOT NULL,
    drawn_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS check_sample_creator ON facereview.check_sample(creator_id);

-- The faces of that population; place is the order in which a face was drawn, NULL: it was not.
-- What was found of a face is read from its state, so that an undo is followed.
CREATE TABLE IF NOT EXISTS facereview.check_face (
    sample_id BIGINT NOT NULL REFERENCES facereview.check_sample(id) ON DELETE CASCADE,
    detection_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    place INTEGER,
    PRIMARY KEY (sample_id, detection_id)
);
CREATE INDEX IF NOT EXISTS check_face_detection ON facereview.check_face(detection_id);

-- Whether a face was confirmed without being looked at, by a sample of others, and nobody has
-- decided it since: then it is no evidence.
CREATE OR REPLACE FUNCTION facereview.by_sample(face INTEGER) RETURNS BOOLEAN LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM facereview.check_face f
        JOIN facereview.decision d ON d.detection_id = f.detection_id
        JOIN facereview.batch b ON b.id = d.batch_id
        WHERE f.detection_id = $1 AND f.place IS NULL
          AND (b.detail -> 'sample' ->> 'id')::bigint = f.sample_id AND facereview.stands(b.id)
          AND NOT EXISTS (
              SELECT FROM facereview.decision l JOIN facereview.batch c ON c.id = l.batch_id
              WHERE l.detection_id = f.detection_id AND l.id > d.id
                AND c.kind IN ('accept', 'assign', 'confirm', 'reject', 'not_person', 'divide')
                AND NOT c.detail ? 'sample' AND facereview.stands(c.id)))
$$;

-- ------------------------------------------------------------------------ facereview: questions

-- Two faces that a curator said are two people: their clusters are never joined.
CREATE TABLE IF NOT EXISTS facereview.different (
    detection_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    PRIMARY KEY (detection_id, other_id),
    CHECK (detection_id < other_id)
);
CREATE INDEX IF NOT EXISTS different_other ON facereview.different(other_id);

-- Creators that faces are known not to be, since they are somebody else than a face that a person gave
-- to that creator; of these faces, or of all. OFFSET 0: each pair looks its face up, whatever the
-- statistics say.
CREATE OR REPLACE FUNCTION facereview.told_apart(faces INTEGER[])
RETURNS TABLE (detection_id INTEGER, creator_id INTEGER) LANGUAGE sql STABLE AS $$
    SELECT p.one, o.matched_creator_id
    FROM (SELECT x.detection_id AS one, x.other_id AS other FROM facereview.different x
          UNION ALL SELECT x.other_id, x.detection_id FROM facereview.different x) p
    CROSS JOIN LATERAL (
        SELECT d.id, d.matched_creator_id, d.match_status
        FROM public.video_face_detections d WHERE d.id = p.other OFFSET 0) o
    WHERE ($1 IS NULL OR p.one = ANY($1)) AND o.matched_creator_id IS NOT NULL
      AND (o.match_status = 'manual' OR (
          o.match_status = 'matched'
          AND NOT EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = o.id)))
$$;

-- Faces in the order in which they are asked about, as ids of four bytes, the lowest byte first:
-- made beside the pages, as ordering a million takes seconds.
CREATE TABLE IF NOT EXISTS facereview.face_order (
    name TEXT PRIMARY KEY,
    faces BYTEA NOT NULL,
    made_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- Faces named by one key for several, and the risk of that name known then.
CREATE TABLE IF NOT EXISTS facereview.named_together (
    detection_id INTEGER PRIMARY KEY
        REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    batch_id BIGINT NOT NULL REFERENCES facereview.batch(id),
    creator_id INTEGER NOT NULL REFERENCES public.creators(id) ON DELETE CASCADE,
    track_id BIGINT NOT NULL,
    risk REAL NOT NULL
);

-- ---------------------------------------------------------------------------- facereview: farm

-- A folder below which the farm finds videos, as the library names it. Some of the videos in it, with
-- their sizes in bytes where these are known, tell whether a computer has that folder.
CREATE TABLE IF NOT EXISTS facereview.farm_root (
    id SERIAL PRIMARY KEY,
    folder TEXT NOT NULL UNIQUE,
    witnesses JSONB NOT NULL DEFAULT '{}'
);

-- The videos that one job of the queue is about; gone once they are done.
CREATE TABLE IF NOT EXISTS facereview.farm_parcel (
    id BIGSERIAL PRIMARY KEY,
    root_id INTEGER NOT NULL REFERENCES facereview.farm_root(id) ON DELETE CASCADE,
    videos INTEGER NOT NULL,
    added_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS farm_parcel_root ON facereview.farm_parcel(root_id);

-- A video that waits to be scanned, by its path below the folder.
CREATE TABLE IF NOT EXISTS facereview.farm_video (
    root_id INTEGER NOT NULL REFERENCES facereview.farm_root(id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    parcel_id BIGINT NOT NULL REFERENCES facereview.farm_parcel(id) ON DELETE CASCADE,
    PRIMARY KEY (root_id, path)
);
CREATE INDEX IF NOT EXISTS farm_video_parcel ON facereview.farm_video(parcel_id);

-- One run of a worker on one computer, and what it did so far; seconds are those spent on jobs.
CREATE TABLE IF NOT EXISTS facereview.farm_worker (
    id BIGSERIAL PRIMARY KEY,
    machine TEXT NOT NULL,
    process INTEGER NOT NULL,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    ended_at TIMESTAMPTZ,
    parcel_id BIGINT,
    jobs INTEGER NOT NULL DEFAULT 0,
    videos INTEGER NOT NULL DEFAULT 0,
    frames BIGINT NOT NULL DEFAULT 0,
    faces BIGINT NOT NULL DEFAULT 0,
    seconds DOUBLE PRECISION NOT NULL DEFAULT 0
);

-- What went wrong: with a path, of that video; else of the computer, which gave its job back.
CREATE TABLE IF NOT EXISTS facereview.farm_fault (
    id BIGSERIAL PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL DEFAULT now(),
    machine TEXT NOT NULL,
    path TEXT,
    reason TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS farm_fault_path ON facereview.farm_fault(path);
CREATE INDEX IF NOT EXISTS farm_fault_at ON facereview.farm_fault(at);

-- The queue: the tables, types and functions of procrastinate 3.10 as it ships them (MIT licence),
-- in this schema; its functions find them whatever the search path of a connection is.
DO $farm$
DECLARE
    one REGPROCEDURE;
    before TEXT := current_setting('search_path');
BEGIN
    IF to_regclass('facereview.procrastinate_jobs') IS NULL THEN
        PERFORM set_config('search_path', 'facereview', true);
        EXECUTE $procrastinate$
-- Procrastinate Schema

DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;
EXCEPTION
    WHEN OTHERS THEN
        -- On managed PostgreSQL services (e.g. Azure Database for PostgreSQL, Amazon RDS,
        -- Google Cloud SQL), CREATE EXTENSION may fail with various error codes:
        -- insufficient_privilege, feature_not_supported, or provider-specific errors.
        -- Before ignoring, verify the extension actually exists — if it does not exist
        -- and cannot be created, re-raise so the failure is explicit.
        IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'plpgsql') THEN
            RAISE NOTICE 'plpgsql extension already exists, skipping creation.';
        ELSE
            RAISE;
        END IF;
END;
$$;

-- Enums

CREATE TYPE procrastinate_job_status AS ENUM (
    'todo',  -- The job is queued
    'doing',  -- The job has been fetched by a worker
    'succeeded',  -- The job ended successfully
    'failed',  -- The job ended with an error
    'cancelled', -- The job was cancelled
    'aborting',  -- legacy, not used anymore since v3.0.0
    'aborted'  -- The job was aborted
);

CREATE TYPE procrastinate_job_event_type AS ENUM (
    'deferred',  -- Job created, in todo
    'started',  -- todo -> doing
    'deferred_for_retry',  -- doing -> todo
    'failed',  -- doing -> failed
    'succeeded',  -- doing -> succeeded
    'cancelled', -- todo -> cancelled
    'abort_requested', -- not a state transition, but set in a separate field
    'aborted', -- doing -> aborted (only allowed when abort_requested field is set)
    'scheduled', -- not a state transition, but recording when a task is scheduled for
    'retried' -- Manually retried failed job
);

-- Composite Types

CREATE TYPE procrastinate_job_to_defer_v1 AS (
    queue_name character varying,
    task_name character varying,
    priority integer,
    lock text,
    queueing_lock text,
    args jsonb,
    scheduled_at timestamp with time zone
);

-- Tables

CREATE TABLE procrastinate_workers(
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    last_heartbeat timestamp with time zone NOT NULL DEFAULT NOW()
);

CREATE TABLE procrastinate_jobs (
    id bigserial PRIMARY KEY,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    lock text,
    queueing_lock text,
    args jsonb DEFAULT '{}' NOT NULL,
    status procrastinate_job_status DEFAULT 'todo'::procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone NULL,
    attempts integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint REFERENCES procrastinate_workers(id) ON DELETE SET NULL,
    CONSTRAINT check_not_todo_abort_requested CHECK (NOT (status = 'todo' AND abort_requested = true))
);

CREATE TABLE procrastinate_periodic_defers (
    id bigserial PRIMARY KEY,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint REFERENCES procrastinate_jobs(id) NULL,
    periodic_id character varying(128) NOT NULL DEFAULT '',
    CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp)
);

CREATE TABLE procrastinate_events (
    id bigserial PRIMARY KEY,
    job_id bigint NOT NULL REFERENCES procrastinate_jobs ON DELETE CASCADE,
    type procrastinate_job_event_type,
    at timestamp with time zone DEFAULT NOW() NULL
);

-- Constraints & Indices

-- this prevents from having several jobs with the same queueing lock in the "todo" state
CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON procrastinate_jobs (queueing_lock) WHERE status = 'todo';
-- this prevents from having several jobs with the same lock in the "doing" state
CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON procrastinate_jobs (lock) WHERE status = 'doing';

-- Index for select_stalled_jobs_by_heartbeat query
CREATE INDEX idx_procrastinate_jobs_worker_not_null ON procrastinate_jobs(worker_id) WHERE worker_id IS NOT NULL AND status = 'doing'::procrastinate_job_status;

CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON procrastinate_jobs(queue_name);
CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON procrastinate_jobs (id, lock) WHERE status = ANY (ARRAY['todo'::procrastinate_job_status, 'doing'::procrastinate_job_status]);
CREATE INDEX procrastinate_jobs_priority_idx_v1 ON procrastinate_jobs(priority desc, id asc) WHERE (status = 'todo'::procrastinate_job_status);

CREATE INDEX procrastinate_events_job_id_fkey_v1 ON procrastinate_events(job_id);

CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON procrastinate_periodic_defers(job_id);

CREATE INDEX idx_procrastinate_workers_last_heartbeat ON procrastinate_workers(last_heartbeat);

-- Functions
CREATE FUNCTION procrastinate_defer_jobs_v1(
    jobs procrastinate_job_to_defer_v1[]
)
    RETURNS bigint[]
    LANGUAGE plpgsql
AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;

CREATE FUNCTION procrastinate_defer_periodic_job_v2(
    _queue_name character varying,
    _lock character varying,
    _queueing_lock character varying,
    _task_name character varying,
    _priority integer,
    _periodic_id character varying,
    _defer_timestamp bigint,
    _args jsonb
)
    RETURNS bigint
    LANGUAGE plpgsql
AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;

CREATE FUNCTION procrastinate_fetch_job_v2(
    target_queue_names character varying[],
    p_worker_id bigint
)
    RETURNS procrastinate_jobs
    LANGUAGE plpgsql
AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;

CREATE FUNCTION procrastinate_finish_job_v1(job_id bigint, end_status procrastinate_job_status, delete_job boolean)
    RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean)
    RETURNS bigint
    LANGUAGE plpgsql
AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;

CREATE FUNCTION procrastinate_retry_job_v1(
    job_id bigint,
    retry_at timestamp with time zone,
    new_priority integer,
    new_queue_name character varying,
    new_lock character varying
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION procrastinate_retry_job_v2(
    job_id bigint,
    retry_at timestamp with time zone,
    new_priority integer,
    new_queue_name character varying,
    new_lock character varying
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;

CREATE FUNCTION procrastinate_notify_queue_job_inserted_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_notify_queue_abort_job_v1()
RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_trigger_function_status_events_insert_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_trigger_function_status_events_update_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_trigger_function_scheduled_events_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_trigger_abort_requested_events_procedure_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate_unlink_periodic_defers_v1()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;

CREATE FUNCTION procrastinate_register_worker_v1()
    RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION procrastinate_unregister_worker_v1(worker_id bigint)
    RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION procrastinate_update_heartbeat_v1(worker_id bigint)
    RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat float)
    RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;

-- Triggers

CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1
    AFTER INSERT ON procrastinate_jobs
    FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_notify_queue_job_inserted_v1();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1
    AFTER UPDATE OF abort_requested ON procrastinate_jobs
    FOR EACH ROW WHEN ((old.abort_requested = false AND new.abort_requested = true AND new.status = 'doing'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_notify_queue_abort_job_v1();

CREATE TRIGGER procrastinate_trigger_status_events_update_v1
    AFTER UPDATE OF status ON procrastinate_jobs
    FOR EACH ROW
    EXECUTE PROCEDURE procrastinate_trigger_function_status_events_update_v1();

CREATE TRIGGER procrastinate_trigger_status_events_insert_v1
    AFTER INSERT ON procrastinate_jobs
    FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_trigger_function_status_events_insert_v1();

CREATE TRIGGER procrastinate_trigger_scheduled_events_v1
    AFTER UPDATE OR INSERT ON procrastinate_jobs
    FOR EACH ROW WHEN ((new.scheduled_at IS NOT NULL AND new.status = 'todo'::procrastinate_job_status))
    EXECUTE PROCEDURE procrastinate_trigger_function_scheduled_events_v1();

CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1
    AFTER UPDATE OF abort_requested ON procrastinate_jobs
    FOR EACH ROW WHEN ((new.abort_requested = true))
    EXECUTE PROCEDURE procrastinate_trigger_abort_requested_events_procedure_v1();

CREATE TRIGGER procrastinate_trigger_delete_jobs_v1
    BEFORE DELETE ON procrastinate_jobs
    FOR EACH ROW EXECUTE PROCEDURE procrastinate_unlink_periodic_defers_v1();
$procrastinate$;
        FOR one IN SELECT oid FROM pg_proc
            WHERE pronamespace = 'facereview'::regnamespace AND proname LIKE 'procrastinate\_%'
        LOOP
            EXECUTE format('ALTER FUNCTION %s SET search_path = facereview, pg_temp', one);
        END LOOP;
        PERFORM set_config('search_path', before, true);
    END IF;
END
$farm$;

-- --------------------------------------------------------------------------- facereview: filters

-- Filters that curators gave a name, for all of the library: on which page, and what they want.
CREATE TABLE IF NOT EXISTS facereview.kept_filter (
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    wanted JSONB NOT NULL,
    actor TEXT NOT NULL,
    kept_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (page, name)
);
