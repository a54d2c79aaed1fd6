-- What is known of the server as a whole: by which master secret it works, so that a node with another one is noticed before
-- it refuses right codes, and whether it is one of development.
create table installation (
  is_only boolean primary key default true check (is_only),
  secret_fingerprint text,
  -- While the secret is being replaced: nodes that still have the former one go on.
  previous_fingerprint text,
  is_development boolean not null default false
);
insert into installation default values;
