-- The Flink application: Kafka topics in, one Kinesis stream out (kinds event, leg, state, unreadable).
--
-- ${...} is filled in by sql.py from the tables that Python and dbt read: fields and priorities of the leg merge,
-- types of events, hubs, sums. Times are texts of fixed width, 2015-01-02 13:34:00.000000, so they compare and take part in
-- merge keys as they are.
--
-- Versions. Every input of a row carries a count that only grows; a row's state_version is the sum of the counts of
-- everything that it was made from. So of all rows that one key ever had, also those half-way through an update, the
-- last has the highest version, and a reader that keeps the highest is right whatever order rows reach it in.

CREATE TEMPORARY TABLE received (
  ${event_columns},
  problem_code STRING, problem STRING, body STRING,
  `topic` STRING METADATA VIRTUAL, `partition` INT METADATA VIRTUAL, `offset` BIGINT METADATA VIRTUAL
) WITH (${source});

CREATE TEMPORARY TABLE event_sink (
  kind STRING, partition_key STRING, route STRING, event_id STRING, event_type STRING, event_time STRING,
  received_at STRING, version INT, is_correction BOOLEAN, source STRING, is_actual BOOLEAN, leg_uid STRING,
  carrier STRING, flight_number INT, operational_suffix STRING, leg_sequence INT, origin STRING, destination STRING,
  operating_date STRING, std_at STRING, sta_at STRING, tail STRING, departure_delay_minutes INT, crossed_minutes INT,
  cancellation_code STRING, diverted_to STRING, data_label STRING
) ${event_partition} WITH (${event_sink});

CREATE TEMPORARY TABLE leg_sink (
  kind STRING, partition_key STRING, leg_uid STRING, state_version BIGINT, events BIGINT, last_received_at STRING,
  last_event_at STRING, corrections BIGINT, carrier STRING, flight_number INT, operational_suffix STRING,
  leg_sequence INT, origin STRING, destination STRING, route STRING, operating_date STRING, std_at STRING,
  sta_at STRING, std_utc_offset_minutes INT, sta_utc_offset_minutes INT, distance_miles INT, tail STRING,
  aircraft_type STRING, seats INT, passengers INT, attempts BIGINT, return_count BIGINT, last_return_type STRING,
  last_return_at STRING, out_at STRING, estimated_out_at STRING, last_out_at STRING, off_at STRING,
  estimated_off_at STRING, on_at STRING, estimated_on_at STRING, in_at STRING, estimated_in_at STRING,
  is_cancelled BOOLEAN, cancelled_at STRING, cancellation_code STRING, is_diverted BOOLEAN, diverted_at STRING,
  delay_codes STRING, carrier_delay_minutes INT, weather_delay_minutes INT, nas_delay_minutes INT,
  security_delay_minutes INT, late_aircraft_delay_minutes INT, departure_delay_minutes INT, expected_delay_minutes INT,
  arrival_delay_minutes INT, time_problem STRING, booked_seats INT, booked_revenue_usd DECIMAL(18, 2), data_label STRING
) ${leg_partition} WITH (${leg_sink});

CREATE TEMPORARY TABLE state_sink (
  kind STRING, partition_key STRING, scope_type STRING, scope_id STRING, operating_date STRING, quarter_at STRING,
  state_version BIGINT, last_received_at STRING, last_event_at STRING, corrections BIGINT, ${sum_columns},
  accounted_legs BIGINT, awaiting_departure_legs BIGINT, awaiting_arrival_legs BIGINT,
  cancelled_by_quarter MULTISET<STRING>, booked_seats BIGINT, booked_revenue_usd DECIMAL(18, 2), answers BIGINT,
  promoters BIGINT, detractors BIGINT, satisfaction_sum BIGINT, data_label STRING
) ${state_partition} WITH (${state_sink});

CREATE TEMPORARY TABLE unreadable_sink (
  kind STRING, partition_key STRING, topic STRING, `partition` INT, `offset` BIGINT, reason STRING, message STRING,
  body STRING
) ${unreadable_partition} WITH (${unreadable_sink});

-- Ranks are the merge key up to its value; said once here, they are computed once per event.
CREATE TEMPORARY VIEW readable AS
SELECT ${event_names},
  PROCTIME() AS seen_at,
  ${ranks},
  event_type IN (${describing_types}) AS describes_leg,
  event_type IN (${leg_types}) AS is_of_leg,
  event_type IN (${return_types}) AS is_return
FROM received WHERE problem_code IS NULL;

-- One row per event, the copy that arrived first. Counted, because each other way costs more: ROW_NUMBER with
-- mini-batches makes an updating table of it, and a process table function makes Flink wait for watermarks of event
-- time, of which there are none: mini-batches would end at checkpoints only.
CREATE TEMPORARY VIEW accepted AS
SELECT * FROM (
  SELECT *, COUNT(*) OVER (
    PARTITION BY event_id ORDER BY seen_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS copy_number
  FROM readable
) WHERE copy_number = 1;

-- What an event says to the leg merge, as keys: events.to_fact and merge.sort_key in SQL. A null value has no key.
CREATE TEMPORARY VIEW fact AS
SELECT leg_uid, operating_date, carrier, flight_number, operational_suffix, leg_sequence, origin, event_type,
  event_time, received_at, is_correction, is_of_leg, is_return,
  CASE WHEN describes_leg THEN destination END AS said_destination,
  CASE WHEN describes_leg THEN ${quarter_of_std} END AS said_std_quarter_at,
  CASE WHEN describes_leg THEN ${quarter_of_sta} END AS said_sta_quarter_at,
  ${keys},
  CASE WHEN event_type = 'booking' THEN LPAD(CAST(version AS STRING), 10, '0') || '|' || received_at || '|' || event_id
    || '|' || LPAD(CAST(booked_seats AS STRING), 4, '0') || CAST(CAST(booked_revenue_usd AS DECIMAL(18, 2)) AS STRING)
    END AS booking_key
FROM accepted;

-- One row per leg as if it never returned, from all its events. `*_ever` is everywhere it ever belonged to. A leg that
-- nothing but bookings and answers name is none, here as in the warehouse; they count once its plan or movement comes.
CREATE TEMPORARY VIEW won AS
SELECT leg_uid, operating_date, carrier, flight_number, operational_suffix, leg_sequence, origin,
  COUNT(*) AS events,
  SUM(CASE WHEN is_correction THEN 1 ELSE 0 END) AS corrections,
  -- Of what happens to the flight: answers of passengers come days later, and must not carry the clock of alerts along.
  COALESCE(MAX(received_at) FILTER (WHERE is_of_leg), '1970-01-01 00:00:00.000000') AS last_received_at,
  MAX(event_time) FILTER (WHERE is_of_leg) AS last_event_at,
  COUNT(*) FILTER (WHERE is_return) AS return_count,
  MAX(CASE WHEN is_return THEN event_time || event_type END) AS last_return,
  COLLECT(DISTINCT said_destination) AS destinations_ever,
  COLLECT(DISTINCT said_std_quarter_at) AS std_quarters_ever,
  COLLECT(DISTINCT said_sta_quarter_at) AS sta_quarters_ever,
  ${max_keys},
  MAX(booking_key) AS booking_key
FROM fact
GROUP BY leg_uid, operating_date, carrier, flight_number, operational_suffix, leg_sequence, origin
HAVING COUNT(*) FILTER (WHERE is_of_leg) > 0;

-- The values inside the winning keys.
CREATE TEMPORARY VIEW merged AS
SELECT leg_uid, operating_date, carrier, flight_number, operational_suffix, leg_sequence, origin, events, corrections,
  last_received_at, last_event_at, return_count, SUBSTRING(last_return FROM 1 FOR 26) AS last_return_at,
  SUBSTRING(last_return FROM 27) AS last_return_type, destinations_ever, std_quarters_ever, sta_quarters_ever,
  ${values},
  ${value_out_at_key}, ${value_off_at_key}, ${value_on_at_key}, ${value_in_at_key},
  SUBSTRING(is_cancelled_key FROM ${value_at} FOR 1) = '1' AS is_cancelled,
  SUBSTRING(is_cancelled_key FROM ${value_at} + 1) AS cancelled_at,
  SUBSTRING(is_diverted_key FROM ${value_at} FOR 1) = '1' AS is_diverted,
  SUBSTRING(is_diverted_key FROM ${value_at} + 1) AS diverted_at,
  CAST(SUBSTRING(booking_key FROM 72 FOR 4) AS INT) AS booked_seats,
  CAST(SUBSTRING(booking_key FROM 76) AS DECIMAL(18, 2)) AS booked_revenue_usd
FROM won;

-- Legs that came back. An event belongs to attempt 1 + the number of returns before it: the first attempt is everything
-- up to the first return, the last attempt everything after the last return that something follows.
CREATE TEMPORARY VIEW returned AS
SELECT leg_uid, event_time AS returned_at FROM fact WHERE is_return GROUP BY leg_uid, event_time;

CREATE TEMPORARY VIEW attempt_bounds AS
SELECT r.leg_uid,
  MIN(r.returned_at) AS first_return_at,
  COALESCE(MAX(CASE WHEN r.returned_at < m.last_event_at THEN r.returned_at END), '') AS last_return_at,
  COUNT(CASE WHEN r.returned_at < m.last_event_at THEN 1 END) AS earlier_returns,
  SUM(m.events) AS events
FROM returned AS r JOIN merged AS m ON r.leg_uid = m.leg_uid
GROUP BY r.leg_uid;

CREATE TEMPORARY VIEW movement AS
SELECT leg_uid, event_time, COUNT(*) AS events, MAX(out_at_key) AS out_at_key, MAX(off_at_key) AS off_at_key,
  MAX(on_at_key) AS on_at_key, MAX(in_at_key) AS in_at_key
FROM fact WHERE COALESCE(out_at_key, off_at_key, on_at_key, in_at_key) IS NOT NULL
GROUP BY leg_uid, event_time;

CREATE TEMPORARY VIEW attempt_keys AS
SELECT b.leg_uid,
  1 + MAX(b.earlier_returns) AS attempts,
  SUM(b.events + COALESCE(f.events, 0)) AS events,
  MAX(CASE WHEN f.event_time <= b.first_return_at THEN f.out_at_key END) AS first_out_at_key,
  MAX(CASE WHEN f.event_time > b.last_return_at THEN f.out_at_key END) AS last_out_at_key,
  MAX(CASE WHEN f.event_time > b.last_return_at THEN f.off_at_key END) AS off_at_key,
  MAX(CASE WHEN f.event_time > b.last_return_at THEN f.on_at_key END) AS on_at_key,
  MAX(CASE WHEN f.event_time > b.last_return_at THEN f.in_at_key END) AS in_at_key
FROM attempt_bounds AS b LEFT JOIN movement AS f ON b.leg_uid = f.leg_uid
GROUP BY b.leg_uid;

CREATE TEMPORARY VIEW attempted AS
SELECT leg_uid, attempts, events, ${value_departure_key}, ${value_off_at_key}, ${value_on_at_key}, ${value_in_at_key},
  ${value_last_out_at_key}
FROM attempt_keys;

-- The latest answer of each passenger, summed by leg.
CREATE TEMPORARY VIEW answer AS
SELECT leg_uid, response_id, COUNT(*) AS events,
  MAX(LPAD(CAST(version AS STRING), 10, '0') || '|' || received_at || '|' || event_id || '|'
    || LPAD(CAST(recommendation AS STRING), 2, '0') || CAST(satisfaction AS STRING)) AS answer_key
FROM accepted WHERE event_type = 'feedback' GROUP BY leg_uid, response_id;

CREATE TEMPORARY VIEW leg_answers AS
SELECT leg_uid, SUM(events) AS events, COUNT(*) AS answers,
  SUM(CASE WHEN CAST(SUBSTRING(answer_key FROM 72 FOR 2) AS INT) >= 9 THEN 1 ELSE 0 END) AS promoters,
  SUM(CASE WHEN CAST(SUBSTRING(answer_key FROM 72 FOR 2) AS INT) <= 6 THEN 1 ELSE 0 END) AS detractors,
  SUM(CAST(SUBSTRING(answer_key FROM 74) AS INT)) AS satisfaction_sum
FROM answer GROUP BY leg_uid;

CREATE TEMPORARY VIEW leg AS
SELECT m.leg_uid, operating_date, carrier, flight_number, operational_suffix, leg_sequence, origin,
  m.events + COALESCE(a.events, 0) + COALESCE(f.events, 0) AS state_version, m.events AS events,
  last_received_at, last_event_at, corrections, return_count, last_return_at, last_return_type,
  destinations_ever, std_quarters_ever, sta_quarters_ever,
  ${any_names},
  COALESCE(a.attempts, 1) AS attempts,
  ${attempt_values},
  CASE WHEN a.leg_uid IS NULL THEN m.out_at ELSE a.last_out_at END AS last_out_at,
  is_cancelled, cancelled_at, is_diverted, diverted_at, booked_seats, booked_revenue_usd,
  f.answers, f.promoters, f.detractors, f.satisfaction_sum
FROM merged AS m
LEFT JOIN attempted AS a ON m.leg_uid = a.leg_uid
LEFT JOIN leg_answers AS f ON m.leg_uid = f.leg_uid;

-- Which times of a leg can be believed, round by round as leg_times.py has it: out_3 is OUT after three rounds. What a
-- leg was told stays as it is; figures are made of what can be believed.
${rounds};

-- As fct_leg says it: one status each, and a delay only where it was flown as planned.
CREATE TEMPORARY VIEW judged AS
SELECT *,
  ${time_problem} AS time_problem,
  COALESCE(is_cancelled, FALSE) AS cancelled,
  COALESCE(is_diverted AND NOT COALESCE(is_cancelled, FALSE), FALSE) AS diverted,
  (COALESCE(is_diverted, FALSE) OR COALESCE(out_at, last_out_at, off_at, on_at, in_at) IS NOT NULL)
    AND NOT COALESCE(is_cancelled, FALSE) AS operated,
  ${departure_delay} AS departure_delay_minutes,
  ${expected_delay} AS expected_delay_minutes,
  CASE WHEN NOT COALESCE(is_cancelled, FALSE) AND NOT COALESCE(is_diverted, FALSE)
    THEN ${arrival_delay} END AS arrival_delay_minutes,
  ${quarter_of_std} AS std_quarter_at,
  ${quarter_of_sta} AS sta_quarter_at,
  ${local_hour} AS std_local_hour
FROM ${last_round};

-- Every scope that a leg ever belonged to, one row each: what it is now or was once. A scope is named
-- type|id|date|slice|here, where `here` tells whether the leg belongs to it now. out and in are the sides of a hub.
CREATE TEMPORARY VIEW remembered AS
SELECT j.*, d.was_destination, p.was_std_quarter_at, a.was_sta_quarter_at,
  CASE WHEN d.was_destination IS NOT DISTINCT FROM j.destination THEN '1' ELSE '0' END AS is_destination,
  CASE WHEN p.was_std_quarter_at IS NOT DISTINCT FROM j.std_quarter_at THEN '1' ELSE '0' END AS is_std,
  CASE WHEN a.was_sta_quarter_at IS NOT DISTINCT FROM j.sta_quarter_at THEN '1' ELSE '0' END AS is_sta
FROM judged AS j
LEFT JOIN UNNEST(destinations_ever) AS d (was_destination) ON TRUE
LEFT JOIN UNNEST(std_quarters_ever) AS p (was_std_quarter_at) ON TRUE
LEFT JOIN UNNEST(sta_quarters_ever) AS a (was_sta_quarter_at) ON TRUE;

CREATE TEMPORARY VIEW belonging AS
SELECT r.*, s.place
FROM remembered AS r
CROSS JOIN UNNEST(ARRAY[
  CASE WHEN is_std || is_sta = '11' THEN 'route|' || origin || '-' || was_destination || '|' || operating_date || '||'
    || is_destination END,
  CASE WHEN is_destination || is_std || is_sta = '111' THEN 'network|network|' || operating_date || '||1' END,
  CASE WHEN is_destination || is_std || is_sta = '111' THEN 'first_wave|network|' || operating_date || '||'
    || CASE WHEN std_local_hour < 8 THEN '1' ELSE '0' END END,
  CASE WHEN origin IN (${hubs}) AND is_destination || is_std || is_sta = '111'
    THEN 'hub_out|' || origin || '|' || operating_date || '||1' END,
  CASE WHEN was_destination IN (${hubs}) AND is_std || is_sta = '11'
    THEN 'hub_in|' || was_destination || '|' || operating_date || '||' || is_destination END,
  CASE WHEN origin IN (${hubs}) AND is_destination || is_sta = '11'
    THEN 'quarter_out|' || origin || '|' || SUBSTRING(was_std_quarter_at FROM 1 FOR 10) || '|' || was_std_quarter_at
    || '|' || is_std END,
  CASE WHEN was_destination IN (${hubs}) AND is_std = '1'
    THEN 'quarter_in|' || was_destination || '|' || SUBSTRING(was_sta_quarter_at FROM 1 FOR 10) || '|'
    || was_sta_quarter_at || '|' || CASE WHEN is_destination || is_sta = '11' THEN '1' ELSE '0' END END
]) AS s (place)
WHERE s.place IS NOT NULL;

-- What each leg adds to each of its scopes: its version always, its measures only where it is now.
CREATE TEMPORARY VIEW contribution AS
SELECT
  CASE SPLIT_INDEX(place, '|', 0) WHEN 'hub_out' THEN 'hub' WHEN 'hub_in' THEN 'hub'
    WHEN 'quarter_out' THEN 'hub_quarter' WHEN 'quarter_in' THEN 'hub_quarter'
    ELSE SPLIT_INDEX(place, '|', 0) END AS scope_type,
  SPLIT_INDEX(place, '|', 1) AS scope_id,
  SPLIT_INDEX(place, '|', 2) AS operating_date,
  SPLIT_INDEX(place, '|', 3) AS quarter_at,
  SPLIT_INDEX(place, '|', 4) = '1' AS counts,
  SPLIT_INDEX(place, '|', 0) NOT IN ('hub_in', 'quarter_in') AS departs,
  SPLIT_INDEX(place, '|', 0) NOT IN ('hub_out', 'quarter_out', 'first_wave') AS arrives,
  state_version, last_received_at, last_event_at, corrections, data_label, cancelled, diverted, operated, time_problem,
  cancelled OR diverted OR in_at IS NOT NULL AS accounted,
  NOT cancelled AND NOT operated AS awaits_departure,
  NOT cancelled AND NOT diverted AND COALESCE(on_at, in_at) IS NULL AS awaits_arrival,
  COALESCE(std_quarter_at, operating_date || ' 24:00') AS std_quarter_at,
  departure_delay_minutes, arrival_delay_minutes, booked_seats, booked_revenue_usd, answers, promoters, detractors,
  satisfaction_sum
FROM belonging;

-- ${...} are the sums of the register of figures (kpis.toml) that it keeps in the stream.
CREATE TEMPORARY VIEW measure AS
SELECT scope_type, scope_id, operating_date, quarter_at, state_version, last_received_at, last_event_at, corrections,
  data_label,
  ${measures},
  CASE WHEN counts AND accounted THEN 1 ELSE 0 END AS accounted,
  CASE WHEN counts AND departs AND awaits_departure THEN 1 ELSE 0 END AS awaiting_departure,
  CASE WHEN counts AND arrives AND awaits_arrival THEN 1 ELSE 0 END AS awaiting_arrival,
  CASE WHEN counts AND cancelled THEN std_quarter_at END AS cancelled_quarter_at,
  CASE WHEN counts THEN booked_seats ELSE 0 END AS booked_seats,
  CASE WHEN counts THEN booked_revenue_usd ELSE 0 END AS booked_revenue_usd,
  CASE WHEN counts THEN answers ELSE 0 END AS answers,
  CASE WHEN counts THEN promoters ELSE 0 END AS promoters,
  CASE WHEN counts THEN detractors ELSE 0 END AS detractors,
  CASE WHEN counts THEN satisfaction_sum ELSE 0 END AS satisfaction_sum
FROM contribution;

-- Whether a leg is due is a matter of the clock, of which there is none here: cancelled legs are told by the quarter of
-- their STD, and who reads them knows the time. A leg that left was due.
CREATE TEMPORARY VIEW scope_day AS
SELECT scope_type, scope_id, operating_date, quarter_at,
  SUM(state_version) AS state_version,
  MAX(last_received_at) AS last_received_at, MAX(last_event_at) AS last_event_at,
  SUM(corrections) AS corrections,
  ${sums},
  SUM(CAST(accounted AS BIGINT)) AS accounted_legs,
  SUM(CAST(awaiting_departure AS BIGINT)) AS awaiting_departure_legs,
  SUM(CAST(awaiting_arrival AS BIGINT)) AS awaiting_arrival_legs,
  COLLECT(cancelled_quarter_at) AS cancelled_by_quarter,
  SUM(CAST(COALESCE(booked_seats, 0) AS BIGINT)) AS booked_seats,
  CAST(SUM(COALESCE(booked_revenue_usd, 0)) AS DECIMAL(18, 2)) AS booked_revenue_usd,
  SUM(COALESCE(answers, 0)) AS answers, SUM(COALESCE(promoters, 0)) AS promoters,
  SUM(COALESCE(detractors, 0)) AS detractors, SUM(CAST(COALESCE(satisfaction_sum, 0) AS BIGINT)) AS satisfaction_sum,
  MAX(data_label) AS data_label
FROM measure
GROUP BY scope_type, scope_id, operating_date, quarter_at;

INSERT INTO event_sink
SELECT 'event', route, route, event_id, event_type, ${event_time_text}, ${received_at_text}, version, is_correction,
  source, event_type <> 'estimate', leg_uid, carrier, flight_number, operational_suffix, leg_sequence, origin,
  destination, operating_date, ${std_at_text}, ${sta_at_text}, tail, departure_delay_minutes,
  CASE WHEN departure_delay_minutes >= 240 THEN 240 WHEN departure_delay_minutes >= 120 THEN 120
    WHEN departure_delay_minutes >= 60 THEN 60 END,
  cancellation_code, diverted_to, data_label
FROM (
  SELECT *, origin || '-' || COALESCE(destination, '') AS route,
    CASE WHEN event_type IN ('out', 'estimate') THEN ${event_delay} END AS departure_delay_minutes
  FROM accepted
)
WHERE event_type IN (${notable_types}) OR departure_delay_minutes >= 60;

INSERT INTO leg_sink
SELECT 'leg', COALESCE(route, origin), leg_uid, state_version, events, ${last_received_at_text}, ${last_event_at_text},
  corrections, carrier, flight_number, operational_suffix, leg_sequence, origin, destination, route, operating_date,
  ${std_at_text}, ${sta_at_text}, std_utc_offset_minutes, sta_utc_offset_minutes, distance_miles, tail, aircraft_type,
  seats, passengers, attempts, return_count, last_return_type, ${last_return_at_text},
  ${out_at_text}, ${estimated_out_at_text}, ${last_out_at_text}, ${off_at_text}, ${estimated_off_at_text},
  ${on_at_text}, ${estimated_on_at_text}, ${in_at_text}, ${estimated_in_at_text},
  is_cancelled, CASE WHEN is_cancelled THEN ${cancelled_at_text} END, cancellation_code,
  is_diverted, CASE WHEN is_diverted THEN ${diverted_at_text} END, delay_codes,
  carrier_delay_minutes, weather_delay_minutes, nas_delay_minutes, security_delay_minutes, late_aircraft_delay_minutes,
  departure_delay_minutes, expected_delay_minutes, arrival_delay_minutes, time_problem, booked_seats,
  booked_revenue_usd, data_label
FROM (SELECT *, origin || '-' || destination AS route FROM judged);

INSERT INTO state_sink
SELECT 'state', scope_id, scope_type, scope_id, operating_date, ${quarter_at_text},
  state_version, ${last_received_at_text}, ${last_event_at_text}, corrections, ${sum_names},
  accounted_legs, awaiting_departure_legs, awaiting_arrival_legs, cancelled_by_quarter, booked_seats,
  booked_revenue_usd, answers, promoters, detractors, satisfaction_sum, data_label
FROM scope_day;

INSERT INTO unreadable_sink
SELECT 'unreadable', `topic`, `topic`, `partition`, `offset`, problem_code, problem, body
FROM received WHERE problem_code IS NOT NULL;
