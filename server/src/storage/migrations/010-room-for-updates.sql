-- A code is written again when it is delivered, guessed and spent. Where its page has room for that, its indexes need no
-- new entries: measured, an update costs half the time and a third of the log. New days have that room from the start.
do $$
declare
  part regclass;
begin
  for part in select inhrelid::regclass from pg_inherits where inhparent = 'challenges'::regclass loop
    execute format('alter table %s set (fillfactor = 50)', part);
  end loop;
end
$$;
alter table recipients set (fillfactor = 50);
