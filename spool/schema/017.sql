-- Schema 17. Mails to handlers that an older notify has not made yet are tellings now.

INSERT INTO telling (kind, subject_key, purchase_id, facts, created_at)
  SELECT 'bounced', t.reference, t.purchase_id, json_object('cause', coalesce(v.cause, 'sent_back'), 'field',
    coalesce(v.field, 'number'), 'account', substr(t.payee_account, -4)), j.due_at
  FROM job j JOIN transfer t ON t.reference = j.subject JOIN verification v ON v.id = t.verification_id
  WHERE j.role = 'notify' AND j.kind = 'account';
INSERT INTO telling (kind, subject_key, purchase_id, facts, created_at)
  SELECT 'sent_back', c.id || ':' || p.purchase_id, p.purchase_id, json_object('why', coalesce(c.text, ''), 'fields',
    coalesce((SELECT group_concat(value, ',') FROM json_each(c.fields)), '')), j.due_at
  FROM job j JOIN review_case c ON c.id = j.subject JOIN case_purchase p ON p.case_id = c.id
  WHERE j.role = 'notify' AND j.kind = 'sent_back';
DELETE FROM job WHERE role = 'notify' AND kind IN ('account', 'sent_back');
INSERT INTO job (role, kind, subject, state, due_at) SELECT 'notify', 'tell', id, 'due', created_at FROM telling
  WHERE true ON CONFLICT DO NOTHING;
