-- A decision that did not stand is told until its curator has looked at it, also after a restart.

-- Decisions that did not stand, as somebody else had decided otherwise: what was said of which
-- face, until the curator has looked at it. token is the decision's own.
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

-- check
SELECT to_regclass('facereview.conflict') IS NOT NULL
   AND to_regclass('facereview.conflict_waiting') IS NOT NULL
