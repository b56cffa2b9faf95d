-- Who is told apart from somebody known is not that creator.

-- Creators that faces are known not to be, since they are somebody else than a face that a person gave
-- to that creator; of these faces, or of all.
CREATE OR REPLACE FUNCTION facereview.told_apart(faces INTEGER[])
RETURNS TABLE (detection_id INTEGER, creator_id INTEGER) LANGUAGE sql STABLE AS $$
    SELECT p.one, o.matched_creator_id
    FROM (SELECT x.detection_id AS one, x.other_id AS other FROM facereview.different x
          UNION ALL SELECT x.other_id, x.detection_id FROM facereview.different x) p
    JOIN public.video_face_detections o ON o.id = p.other
    WHERE ($1 IS NULL OR p.one = ANY($1)) AND o.matched_creator_id IS NOT NULL
      AND (o.match_status = 'manual' OR (
          o.match_status = 'matched'
          AND NOT EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = o.id)))
$$;

-- check
SELECT to_regprocedure('facereview.told_apart(integer[])') IS NOT NULL
