-- Which mount opened a session, because mounts may say how long theirs live. Null for sessions of earlier versions.
alter table sessions add column mount text;
