-- Robust window functions for any table: how far a value lies from the others of its frame.
CREATE FUNCTION fin_zscore(value float8) RETURNS float8
    LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'fin_zscore';
COMMENT ON FUNCTION fin_zscore(float8) IS
    'Robust z-score of the current row in its window frame: (value - median) / (1.4826 x median absolute deviation). Where more than half of the values are equal, 1.2533 x the mean absolute deviation divides; where all are equal, it is 0 for their equal and infinite for another. NULL and NaN are not counted and have none; NULL where the frame has no value.';

CREATE FUNCTION fin_anomaly(value float8, threshold float8 DEFAULT 3.5) RETURNS boolean
    LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'fin_anomaly';
COMMENT ON FUNCTION fin_anomaly(float8, float8) IS
    'Whether the current row''s fin_zscore lies beyond the threshold in either direction, in a frame of at least five values (false for fewer). NULL where there is no z-score.';
