/** The parts of LINE's objects the phone draws. */
export type Action = {
  type: string;
  label?: string;
  text?: string;
  uri?: string;
  linkUri?: string;
  mode?: "date" | "time" | "datetime";
  initial?: string;
  min?: string;
  max?: string;
};

export type Area = { bounds: { x: number; y: number; width: number; height: number }; action: Action };

export type RichMenu = {
  richMenuId: string;
  size: { width: number; height: number };
  selected: boolean;
  chatBarText: string;
  areas: Area[];
};

// A message is whatever the bot sent: its shape is checked by the simulator, not again here.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export type Row = { n: number; from: "bot" | "user"; message: Json; at: number; shown: string | null; unsent: boolean };

export type State = {
  messages: Row[];
  unsent: number[];
  quickReplies: Action[];
  richMenu: RichMenu | null;
  loadingMs: number;
  blocked: boolean;
  readN: number;
  nowMs: number;
  offsetS: number;
  log: { id: number; at: number; events: string; attempt: number; status: number | null; reason: string; tookMs: number }[];
  faults: Record<string, Json> | null;
};

export type Press = (action: Action, quick?: boolean) => void;
