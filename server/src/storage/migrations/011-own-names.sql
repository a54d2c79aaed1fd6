-- What runs with the owner's rights must not be led astray by the caller. A temporary table is found before every other, those
-- of the catalogue included, unless the path names its schema last: a server with a `pg_class` of its own could have had any
-- table dropped as an old day, today's events among them.
do $$
declare
  trusted regprocedure;
begin
  for trusted in
    select oid from pg_proc where prosecdef and pronamespace = current_schema()::regnamespace
  loop
    execute format('alter function %s set search_path = %I, pg_temp', trusted, current_schema());
  end loop;
end
$$;
