-- Days come and go beside the requests that write to them. Making or dropping a partition locks its whole table against
-- everybody; done for several tables in one transaction it met, in the other order, a send or a delivery that writes to two of
-- them, and one of the two died of a deadlock. So a day is made apart and then attached, which keeps nobody waiting, and
-- what has to lock a table locks no other.

create or replace function ensure_partitions() returns void
  language plpgsql security definer
  as $$
declare
  day date;
  low text;
  high text;
  kind text;
  part text;
begin
  perform pg_advisory_xact_lock(hashtext('watchword.partitions'));
  for offset_days in -1..2 loop
    day := (moment() at time zone 'UTC')::date + offset_days;
    low := lpad(to_hex(extract(epoch from day)::bigint), 8, '0');
    high := lpad(to_hex(extract(epoch from day + 1)::bigint), 8, '0');
    foreach kind in array array['challenges', 'messages', 'events', 'event_people', 'webhook_deliveries'] loop
      part := kind || '_' || to_char(day, 'YYYYMMDD');
      continue when to_regclass(part) is not null;
      execute format('create table %I (like %I including all)%s',
        part, kind, case when kind = 'challenges' then ' with (fillfactor = 50)' else '' end);
      if kind = 'events' then
        execute format('create trigger events_no_truncate before truncate on %I execute function refuse_change()', part);
      end if;
      execute format('alter table %I attach partition %I for values from (%L) to (%L)',
        kind, part, '\x' || low, '\x' || high);
    end loop;
  end loop;
end
$$;
alter function ensure_partitions() set search_path from current;

create or replace function drop_partitions(before timestamptz) returns void
  language sql security definer
  as $$ select drop_days(array['challenges'], before) $$;
alter function drop_partitions(timestamptz) set search_path from current;

create function drop_message_partitions(before timestamptz) returns void
  language sql security definer
  as $$ select drop_days(array['messages'], before) $$;
alter function drop_message_partitions(timestamptz) set search_path from current;

create or replace function drop_event_partitions(before timestamptz) returns void
  language sql security definer
  as $$ select drop_days(array['events'], least(before, moment() - interval '30 days')) $$;
alter function drop_event_partitions(timestamptz) set search_path from current;

create function drop_event_people_partitions(before timestamptz) returns void
  language sql security definer
  as $$ select drop_days(array['event_people'], least(before, moment() - interval '30 days')) $$;
alter function drop_event_people_partitions(timestamptz) set search_path from current;
