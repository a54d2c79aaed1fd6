-- Fails the transaction when fewer rows were written than should have been: somebody else has changed the others since they
-- were read. The batches' writes end with this, so that they need not wait for an answer before the commit.
create function demand_rows(written bigint, wanted integer) returns void
  language plpgsql
  as $$
begin
  if written <> wanted then
    raise exception 'overtaken: % of % rows written', written, wanted using errcode = 'serialization_failure';
  end if;
end
$$;
