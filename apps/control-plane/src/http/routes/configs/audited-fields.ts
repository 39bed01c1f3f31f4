/**
 * What the audit log shows of a body that was sent. The config is not among it: it may be the text of one, with a secret in it that no
 * name tells. What came of it stands in the row as well, field by field.
 */
export const AUDITED_FIELDS = ['name', 'is_default', 'isDefault', 'status', 'workspace_id'] as const;
