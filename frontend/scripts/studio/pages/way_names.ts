/** What the statuses and actions of the ready-made ways are called. */
import { t } from "../config";
import type { WayNames } from "../core/process";

const KEYS = ["returned", "return", "corrected", "cancelled", "cancel", "rejected", "reject", "unpaid", "paid", "expired", "expire"];

export const wayNames = (): WayNames => Object.fromEntries(KEYS.map((key) => [key, t(`name_${key}`)])) as WayNames;
