-- The kinds of password hashes that a project has imported, found by a few steps in a small index: with every wrong password
-- one hash of each is compared, so that none tells who has an account. The kind excluded is the one of our own hashes.
create index accounts_imported_passwords on accounts (
  project_id,
  (substring(password_hash from '^(\$2.\$\d\d|\$argon2id(\$v=\d+)?\$m=\d+,t=\d+,p=\d+)\$'))
)
where password_hash is not null and not starts_with(password_hash, '$argon2id$v=19$m=19456,t=2,p=1$');
-- Up to when the refreshes of a session have used up its time: a client in a loop would fill the table of tokens.
alter table sessions add column paced_until timestamptz;
