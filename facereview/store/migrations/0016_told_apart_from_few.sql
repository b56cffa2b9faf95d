-- Who is told apart from somebody known is read from the few pairs, never from all decided faces.

-- OFFSET 0: each pair looks its face up, whatever the statistics say; they lag behind a run that
-- matches many faces, and each of its steps then read all that it had matched so far.
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

-- check
SELECT coalesce(pg_get_functiondef(to_regprocedure('facereview.told_apart(integer[])')), '')
       LIKE '%LATERAL%'
