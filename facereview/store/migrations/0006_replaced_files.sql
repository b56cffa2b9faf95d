-- The file of a video is recognised by its content; the decided faces of one that was replaced by
-- another film are set aside.

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

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conrelid = 'facereview.batch'::regclass AND conname = 'batch_kind_check'
          AND pg_get_constraintdef(oid) LIKE '%replaced%'
    ) THEN
        ALTER TABLE facereview.batch DROP CONSTRAINT IF EXISTS batch_kind_check;
        ALTER TABLE facereview.batch ADD CONSTRAINT batch_kind_check CHECK (kind IN (
            'accept', 'assign', 'confirm', 'reject', 'not_person', 'automatic', 'undo', 'redo',
            'skip', 'join', 'mirror', 'split', 'later', 'exclude',
            'add', 'promote', 'retire', 'restore', 'move',
            'create', 'rename', 'describe', 'picture', 'merge', 'divide', 'replaced'));
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conrelid = 'facereview.row_change'::regclass
          AND conname = 'row_change_subject_check'
          AND pg_get_constraintdef(oid) LIKE '%replaced%'
    ) THEN
        ALTER TABLE facereview.row_change DROP CONSTRAINT IF EXISTS row_change_subject_check;
        ALTER TABLE facereview.row_change ADD CONSTRAINT row_change_subject_check CHECK (
            subject IN ('creator', 'alias', 'cluster', 'membership', 'apart', 'mirror',
                        'reference', 'skip', 'change', 'replaced'));
    END IF;
END $$;

-- check
SELECT to_regclass('facereview.fingerprint_content') IS NOT NULL
   AND to_regclass('facereview.replaced_video') IS NOT NULL
   AND to_regclass('facereview.aside_replaced') IS NOT NULL
   AND (SELECT count(*) = 2 FROM pg_constraint
        WHERE conname IN ('batch_kind_check', 'row_change_subject_check')
          AND pg_get_constraintdef(oid) LIKE '%replaced%')
