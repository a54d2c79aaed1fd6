-- A project's own texts. `purpose` is a purpose of codes, `code` for those without a text of their own, or a notice.
-- The words are templates: kept as they were written, and judged before they are stored and whenever a node starts.
create table texts (
  project_id text not null,
  channel text not null,
  purpose text not null,
  locale text not null,
  subject text,
  body text not null,
  updated_at timestamptz not null default moment(),
  primary key (project_id, channel, purpose, locale),
  check ((subject is not null) = (channel = 'email'))
);

-- The language that the owner of an account has asked for.
alter table accounts add column locale text;
