-- What happened alike to several challenges in one batch is one row instead of one for each: `challenge_ids` has their ids, 12
-- bytes each, and `account_ids` their accounts in the same order, null where none has one. Event number k of a row, from 0, has
-- the id of the row plus k. A row of one event is as it always was, so no row that is stored has to be touched: columns without
-- a default are added and an unchecked constraint is noted without reading the table.
--
-- Rows never share an id: where there are several events, the last six bits of the row's id are zero and there are at most 64, so
-- adding k changes these six bits alone. Rows of one end in six zero bits from now on as well.
alter table events
  add column challenge_ids bytea,
  add column account_ids bigint[],
  add constraint events_side_by_side check (
    case when challenge_ids is null then account_ids is null
    else challenge_id is null and account_id is null
      and octet_length(challenge_ids) between 24 and 768 and octet_length(challenge_ids) % 12 = 0
      and get_byte(id, 11) % 64 = 0
      and coalesce(cardinality(account_ids) = octet_length(challenge_ids) / 12, true)
    end
  ) not valid;

-- How many events a row holds.
create function events_in(challenge_ids bytea) returns integer
  language sql immutable
  as $$ select coalesce(octet_length(challenge_ids) / 12, 1) $$;

-- The id of an event by its number in its row.
create function event_id_at(row_id bytea, place integer) returns bytea
  language sql immutable
  as $$ select set_byte(row_id, 11, get_byte(row_id, 11) + place) $$;

-- The id of the row that an event is in, if it is in one of several.
create function event_row_id(id bytea) returns bytea
  language sql immutable
  as $$ select set_byte(id, 11, get_byte(id, 11) & 192) $$;

-- What the ids of a moment begin with: four bytes of seconds, two of milliseconds.
create function event_time(at timestamptz) returns bytea
  language sql stable
  as $$
    select decode(lpad(to_hex(floor(extract(epoch from at))::bigint), 8, '0')
        || lpad(to_hex(mod(floor(extract(epoch from at) * 1000), 1000)::integer), 4, '0'), 'hex')
  $$;

-- The id of a row that is written by hand.
create or replace function event_id(at timestamptz) returns bytea
  language sql volatile
  as $$ select event_row_id(event_time(at) || substring(uuid_send(gen_random_uuid()) from 11 for 6)) $$;
