/** Which finding belongs to which field. The server names places as people read them: フィールド「氏名」. */
import { allFields } from "./core/form";
import { ja } from "./core/texts";
import type { Definition, Field, Finding } from "./core/types";

/** The field a finding speaks of; undefined where it speaks of the app. */
export function fieldOfFinding(defn: Definition, finding: Finding): Field | undefined {
  const fields = allFields(defn);
  const number = /番号（id）(\d+)/u.exec(finding.where)?.[1];
  if (number) return fields.find((field) => field.id === Number(number));
  const named = /フィールド(?:コード)?「([^」]+)」/u.exec(finding.where)?.[1];
  return named === undefined ? undefined : fields.find((field) => ja(field.label) === named || field.code === named);
}

/** The findings of a field and, for a table, of its columns. */
export function findingsOf(defn: Definition, findings: readonly Finding[], field: Field): Finding[] {
  const own = new Set([field.id, ...(field.fields ?? []).map((column) => column.id)]);
  return findings.filter((finding) => own.has(fieldOfFinding(defn, finding)?.id ?? -1));
}
