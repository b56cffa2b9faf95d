-- Questions: the order in which faces are asked about, pairs of faces that are two people, and the
-- risk of names that one key gave to several faces.

ALTER TABLE facereview.cluster ADD COLUMN IF NOT EXISTS chance REAL;

-- Two faces that a curator said are two people: their clusters are never joined.
CREATE TABLE IF NOT EXISTS facereview.different (
    detection_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    PRIMARY KEY (detection_id, other_id),
    CHECK (detection_id < other_id)
);
CREATE INDEX IF NOT EXISTS different_other ON facereview.different(other_id);

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

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conrelid = 'facereview.batch'::regclass AND conname = 'batch_kind_check'
          AND pg_get_constraintdef(oid) LIKE '%different%'
    ) THEN
        ALTER TABLE facereview.batch DROP CONSTRAINT IF EXISTS batch_kind_check;
        ALTER TABLE facereview.batch ADD CONSTRAINT batch_kind_check CHECK (kind IN (
            'accept', 'assign', 'confirm', 'reject', 'not_person', 'automatic', 'undo', 'redo',
            'skip', 'join', 'mirror', 'split', 'later', 'exclude',
            'add', 'promote', 'retire', 'restore', 'move',
            'create', 'rename', 'describe', 'picture', 'merge', 'divide', 'replaced',
            'different'));
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conrelid = 'facereview.row_change'::regclass
          AND conname = 'row_change_subject_check'
          AND pg_get_constraintdef(oid) LIKE '%different%'
    ) THEN
        ALTER TABLE facereview.row_change DROP CONSTRAINT IF EXISTS row_change_subject_check;
        ALTER TABLE facereview.row_change ADD CONSTRAINT row_change_subject_check CHECK (
            subject IN ('creator', 'alias', 'cluster', 'membership', 'apart', 'mirror',
                        'reference', 'skip', 'change', 'replaced', 'different'));
    END IF;
END $$;

-- check
SELECT to_regclass('facereview.different_other') IS NOT NULL
   AND to_regclass('facereview.face_order') IS NOT NULL
   AND to_regclass('facereview.named_together') IS NOT NULL
   AND EXISTS (SELECT FROM pg_attribute
               WHERE attrelid = 'facereview.cluster'::regclass AND attname = 'chance')
   AND (SELECT count(*) = 2 FROM pg_constraint
        WHERE conname IN ('batch_kind_check', 'row_change_subject_check')
          AND pg_get_constraintdef(oid) LIKE '%different%')
