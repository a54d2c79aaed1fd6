-- An address that nobody has proven is a claim. Beside a proven address it identifies nobody and keeps nobody else from it: that
-- held for phones only, and now imports and operators can say that an e-mail address is not proven either.
create index accounts_email_claims on accounts (project_id, email) where email is not null;
drop index accounts_email;
create unique index accounts_email on accounts (project_id, type, email)
  where email is not null and (email_verified_at is not null or phone_verified_at is null);

-- A phone that nobody has proven, in an account that has no proven address: its code completes the account.
create index accounts_phone_unproven on accounts (project_id, type, phone, id)
  where phone is not null and phone_verified_at is null and email_verified_at is null;
