-- What somebody registers with an address that nobody has proven: the password and the names wait here, one row for each
-- registrant, and the account has neither until its owner proves the address. The proof keeps the row of whoever gives it and
-- drops the others (A5). A registrant is a network and a user agent, as a digest.
create table registrations (
  project_id text not null,
  account_id bigint not null,
  registrant text not null,
  -- The code that was sent for it. An older registration stores nothing over a newer one, and an older code keeps none.
  challenge_id bytea not null,
  first_name text,
  last_name text,
  locale text,
  password_hash text,
  primary key (project_id, account_id, registrant),
  foreign key (project_id, account_id) references accounts (project_id, id) on delete cascade
);

-- Who waits to be verified now has registered from a place that nobody wrote down. Such a password goes with the proof, and until
-- then it is told that the account is not verified, as before.
insert into registrations (project_id, account_id, registrant, challenge_id, first_name, last_name, locale, password_hash)
select project_id, id, '', registration_id, first_name, last_name, locale, password_hash
from accounts
where registration_id is not null and email_verified_at is null and phone_verified_at is null;

update accounts
set first_name = null, last_name = null, password_hash = null, password_version = password_version + 1
where registration_id is not null and email_verified_at is null and phone_verified_at is null;

-- A refresh token whose answer was lost is answered once more, with a new successor in the place of the one that nobody has used.
alter table refresh_tokens add column successor bytea, add column repeated_at timestamptz;

-- What a proof was spent with: its token or its caller. Whoever repeats a sign-up shows the same.
alter table proofs add column spent_with bytea;
