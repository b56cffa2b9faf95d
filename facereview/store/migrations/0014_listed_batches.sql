-- The log is listed by time, person, curator and kind; settings, scans, migrations, deleted and erased
-- creators and removed videos are in it as well.

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conrelid = 'facereview.batch'::regclass AND conname = 'batch_kind_check'
          AND pg_get_constraintdef(oid) LIKE '%setting%'
    ) THEN
        ALTER TABLE facereview.batch DROP CONSTRAINT IF EXISTS batch_kind_check;
        ALTER TABLE facereview.batch ADD CONSTRAINT batch_kind_check CHECK (kind IN (
            'accept', 'assign', 'confirm', 'reject', 'not_person', 'automatic', 'undo', 'redo',
            'skip', 'join', 'mirror', 'split', 'later', 'exclude',
            'add', 'promote', 'retire', 'restore', 'move',
            'create', 'rename', 'describe', 'picture', 'merge', 'divide', 'replaced',
            'different', 'video_removed', 'setting', 'scan', 'migrate', 'delete', 'erase'));
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conrelid = 'facereview.row_change'::regclass
          AND conname = 'row_change_subject_check'
          AND pg_get_constraintdef(oid) LIKE '%setting%'
    ) THEN
        ALTER TABLE facereview.row_change DROP CONSTRAINT IF EXISTS row_change_subject_check;
        ALTER TABLE facereview.row_change ADD CONSTRAINT row_change_subject_check CHECK (
            subject IN ('creator', 'alias', 'cluster', 'membership', 'apart', 'mirror',
                        'reference', 'skip', 'change', 'replaced', 'different', 'setting'));
    END IF;
END $$;

CREATE INDEX IF NOT EXISTS batch_time ON facereview.batch(created_at, id);
CREATE INDEX IF NOT EXISTS batch_actor_time ON facereview.batch(actor, created_at, id);
CREATE INDEX IF NOT EXISTS batch_kind_time ON facereview.batch(kind, created_at, id);
CREATE INDEX IF NOT EXISTS batch_creator ON facereview.batch(creator_id)
    WHERE creator_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS decision_after ON facereview.decision(after_creator_id, batch_id)
    WHERE after_creator_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS decision_before ON facereview.decision(before_creator_id, batch_id)
    WHERE before_creator_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS row_change_creator
    ON facereview.row_change(((coalesce(before, after) ->> 'creator_id')::int), batch_id)
    WHERE subject = 'reference';

-- Creators that were deleted or erased before the log told of it.
INSERT INTO facereview.batch (token, actor, kind, created_at, detail)
SELECT gen_random_uuid(), p.actor, p.kind, p.created_at,
       CASE WHEN p.kind = 'delete' AND p.detail ? 'name'
            THEN jsonb_build_object('names', jsonb_build_array(p.detail -> 'name'),
                                    'change', p.id)
            ELSE jsonb_build_object('change', p.id) END
FROM facereview.person_change p
WHERE p.kind IN ('delete', 'erase')
  AND NOT EXISTS (SELECT FROM facereview.batch b
                  WHERE b.kind = p.kind AND (b.detail ->> 'change')::bigint = p.id);

-- check
SELECT to_regclass('facereview.batch_time') IS NOT NULL
   AND to_regclass('facereview.batch_actor_time') IS NOT NULL
   AND to_regclass('facereview.batch_kind_time') IS NOT NULL
   AND to_regclass('facereview.batch_creator') IS NOT NULL
   AND to_regclass('facereview.decision_after') IS NOT NULL
   AND to_regclass('facereview.decision_before') IS NOT NULL
   AND to_regclass('facereview.row_change_creator') IS NOT NULL
   AND (SELECT count(*) = 2 FROM pg_constraint
        WHERE conname IN ('batch_kind_check', 'row_change_subject_check')
          AND pg_get_constraintdef(oid) LIKE '%setting%')
