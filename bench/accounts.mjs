/**
 * Inserts accounts with a proven address, by a statement and not by registrations, because each of those hashes a password.
 * `accounts` are `{ id, address }`.
 */
export async function insertAccounts(
  client,
  { projectId, type, isEmail, isActive = true, isLocked = false, passwordHash, accounts },
) {
  await client.query(
    `insert into accounts (project_id, id, type, email, email_verified_at, phone, phone_verified_at, first_name,
       full_name, is_active, password_hash, password_failures, password_locked_until)
     select $1, id, $2, case when $3 then address end, case when $3 then clock_now() end,
       case when not $3 then address end, case when not $3 then clock_now() end, 'Ada', 'Ada Byron', $4, $5,
       case when $6 then 10 else 0 end, case when $6 then clock_now() + interval '1 day' end
     from json_to_recordset($7) as i(id bigint, address text)`,
    [projectId, type, isEmail, isActive, passwordHash, isLocked, JSON.stringify(accounts)],
  )
}
