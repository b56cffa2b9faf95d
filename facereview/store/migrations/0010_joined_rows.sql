-- Faces of one video that a curator joined on its cast sheet.

ALTER TABLE facereview.membership ADD COLUMN IF NOT EXISTS joined BIGINT;

-- check
SELECT EXISTS (SELECT FROM pg_attribute
               WHERE attrelid = 'facereview.membership'::regclass AND attname = 'joined')
