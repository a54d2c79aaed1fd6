-- Which mount opened a session, because mounts may say how long theirs live. Null for sessions of earlier versions.
alter table sessions add column mount text;

-- A project that is disabled answers nobody. One that is deleted has been disabled, and disappears piece by piece; its row goes
-- last.
alter table projects
  add column disabled_at timestamptz,
  add column deleted_at timestamptz,
  add constraint projects_deleted check (deleted_at is null or disabled_at is not null);
