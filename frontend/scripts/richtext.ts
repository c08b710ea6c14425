// Rich text: a small editor over a text area, which keeps the HTML and is what the form sends. Loaded only where needed.
import { Editor } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";

interface Command {
  label: string;
  word: string;
  active: string;
  options?: Record<string, unknown>;
  run: (editor: Editor) => boolean;
}

const english = document.documentElement.lang.startsWith("en");
const say = (japanese: string, inEnglish: string): string => (english ? inEnglish : japanese);

function link(editor: Editor): boolean {
  const now = String(editor.getAttributes("link")["href"] ?? "");
  const address = window.prompt(say("リンク先のアドレス（空にすると外れます）", "Address (blank removes the link)"), now);
  if (address === null) return false;
  const chain = editor.chain().focus().extendMarkRange("link");
  return address.trim() ? chain.setLink({ href: address.trim() }).run() : chain.unsetLink().run();
}

const COMMANDS: readonly Command[] = [
  { label: "B", word: say("太字", "Bold"), active: "bold", run: (e) => e.chain().focus().toggleBold().run() },
  { label: "I", word: say("斜体", "Italic"), active: "italic", run: (e) => e.chain().focus().toggleItalic().run() },
  { label: "U", word: say("下線", "Underline"), active: "underline", run: (e) => e.chain().focus().toggleUnderline().run() },
  { label: say("見出し", "Heading"), word: say("見出し", "Heading"), active: "heading", options: { level: 3 }, run: (e) => e.chain().focus().toggleHeading({ level: 3 }).run() },
  { label: say("箇条書き", "Bulleted"), word: say("箇条書き", "Bulleted list"), active: "bulletList", run: (e) => e.chain().focus().toggleBulletList().run() },
  { label: say("番号付き", "Numbered"), word: say("番号付きの箇条書き", "Numbered list"), active: "orderedList", run: (e) => e.chain().focus().toggleOrderedList().run() },
  { label: say("リンク", "Link"), word: say("リンク", "Link"), active: "link", run: link },
  { label: "↶", word: say("元に戻す", "Undo"), active: "", run: (e) => e.chain().focus().undo().run() },
  { label: "↷", word: say("やり直す", "Redo"), active: "", run: (e) => e.chain().focus().redo().run() },
];

function bind(area: HTMLTextAreaElement): void {
  const frame = document.createElement("div");
  frame.className = "richtext";
  const bar = document.createElement("div");
  bar.className = "richtext__bar";
  bar.setAttribute("role", "toolbar");
  const sheet = document.createElement("div");
  frame.append(bar, sheet);
  area.after(frame);
  area.hidden = true;
  const label = document.getElementById(`${area.id}-label`);
  if (label) bar.setAttribute("aria-label", label.textContent?.trim() ?? "");

  const editor = new Editor({
    element: sheet,
    extensions: [StarterKit.configure({ link: { openOnClick: false, protocols: ["http", "https", "mailto", "tel"] } })],
    content: area.value,
    injectCSS: false, // The styles are in our own file: the policy of the page allows no others.
    editorProps: {
      attributes: {
        class: "richtext__sheet", role: "textbox", "aria-multiline": "true", "aria-labelledby": `${area.id}-label`,
        ...(area.hasAttribute("aria-describedby") ? { "aria-describedby": area.getAttribute("aria-describedby") ?? "" } : {}),
      },
    },
    onUpdate: ({ editor: now }) => {
      area.value = now.isEmpty ? "" : now.getHTML();
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  label?.addEventListener("click", () => editor.commands.focus());
  const buttons = COMMANDS.map((command) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = command.label;
    button.title = command.word;
    button.setAttribute("aria-label", command.word);
    button.addEventListener("click", () => command.run(editor));
    bar.append(button);
    return [command, button] as const;
  });
  const mark = (): void => {
    for (const [command, button] of buttons) {
      if (command.active) button.setAttribute("aria-pressed", String(editor.isActive(command.active, command.options)));
    }
  };
  editor.on("transaction", mark);
  mark();
}

document.querySelectorAll<HTMLTextAreaElement>("textarea[data-richtext]").forEach(bind);
