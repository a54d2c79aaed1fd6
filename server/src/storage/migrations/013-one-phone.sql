-- A phone of Argentina or Brazil that was stored under the other of its two numbers has the one under which it is looked for
-- now (domain/numbering-plan.ts, docs/decisions/addresses.md). Nothing was ever stored under the other number of Mexico.
create function one_phone(number text) returns text
  language sql immutable strict
  as $$
  select case
    when number ~ '^\+54[1-3][0-9]{9}$' then '+549' || substr(number, 4)
    when number ~ '^\+55[1-9][1-9][6-9][0-9]{7}$' then substr(number, 1, 5) || '9' || substr(number, 6)
    else number
  end
$$;

-- Who has both numbers in two accounts keeps both: the older spelling becomes a claim, for a proven phone has one account.
update accounts a
set phone = one_phone(phone),
  phone_verified_at = case
    when exists (
      select
      from accounts b
      where b.project_id = a.project_id and b.type = a.type and b.phone = one_phone(a.phone)
        and b.phone_verified_at is not null)
    then null
    else phone_verified_at
  end
where phone <> one_phone(phone);

-- What either number has used up is used up for the phone.
insert into recipients (address, project_id, sends, failures, failures_in_row, locked_until, updated_at)
select one_phone(address), project_id, sends, failures, failures_in_row, locked_until, updated_at
from recipients
where address <> one_phone(address)
on conflict (address, project_id) do update
set sends = array(select unnest(recipients.sends || excluded.sends) order by 1),
  failures = array(select unnest(recipients.failures || excluded.failures) order by 1),
  failures_in_row = greatest(recipients.failures_in_row, excluded.failures_in_row),
  locked_until = greatest(recipients.locked_until, excluded.locked_until),
  updated_at = greatest(recipients.updated_at, excluded.updated_at);
delete from recipients where address <> one_phone(address);

update proofs
set address = one_phone(address), companion = one_phone(companion)
where address <> one_phone(address) or companion <> one_phone(companion);

-- A code is derived from its address, so those that are under way go to the old one and open nothing: they live for ten minutes
-- at most, and the next one works. The records are found by the phone again, and forgotten with it.
update challenges
set address = one_phone(address), companion = one_phone(companion)
where address <> one_phone(address) or companion <> one_phone(companion);

update event_people set address = one_phone(address) where address <> one_phone(address);

drop function one_phone(text);
