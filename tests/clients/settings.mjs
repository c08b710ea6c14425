// What @kintone/rest-api-client does with settings; prints what it got as JSON. Arguments: address, user, password.
import { KintoneRestAPIClient } from "@kintone/rest-api-client";

const [baseUrl, username, password] = process.argv.slice(2);
const client = new KintoneRestAPIClient({ baseUrl, auth: { username, password } });
const seen = {};
const { app: id, revision } = await client.app.addApp({ name: "備品台帳" });
const app = id;
seen.made = [typeof id, typeof revision];

const option = (label, index) => ({ label, index: String(index) });
const properties = {
  品名: { type: "SINGLE_LINE_TEXT", code: "品名", label: "品名", required: true, unique: true, maxLength: "64" },
  数量: { type: "NUMBER", code: "数量", label: "数量", minValue: "0", unit: "個" },
  単価: { type: "NUMBER", code: "単価", label: "単価" },
  合計: { type: "CALC", code: "合計", label: "合計", expression: "数量 * 単価", format: "NUMBER_DIGIT" },
  状態: {
    type: "RADIO_BUTTON", code: "状態", label: "状態", defaultValue: "良",
    options: { 良: option("良", 0), 要修理: option("要修理", 1) },
  },
  置場: {
    type: "DROP_DOWN", code: "置場", label: "置場", options: { 本庁: option("本庁", 0), 支所: option("支所", 1) },
  },
  買った日: { type: "DATE", code: "買った日", label: "買った日", defaultNowValue: true },
  写真: { type: "FILE", code: "写真", label: "写真" },
  担当: { type: "USER_SELECT", code: "担当", label: "担当" },
  説明: { type: "RICH_TEXT", code: "説明", label: "説明" },
  履歴: {
    type: "SUBTABLE", code: "履歴", label: "履歴",
    fields: {
      日: { type: "DATE", code: "日", label: "日" },
      内容: { type: "SINGLE_LINE_TEXT", code: "内容", label: "内容" },
    },
  },
  補足: { type: "GROUP", code: "補足", label: "補足" },
};
await client.app.addFormFields({ app, properties });
const form = (await client.app.getFormFields({ app, preview: true })).properties;
seen.types = Object.fromEntries(Object.keys(properties).map((code) => [code, form[code].type]));
seen.kept = [form.品名.unique, form.品名.maxLength, form.数量.unit, form.合計.expression, form.状態.defaultValue];
await client.app.updateFormFields({ app, properties: { 品名: { type: "SINGLE_LINE_TEXT", label: "物の名前" } } });
seen.renamed = (await client.app.getFormFields({ app, preview: true })).properties.品名.label;
const layout = (await client.app.getFormLayout({ app, preview: true })).layout;
await client.app.updateFormLayout({ app, layout });
seen.layout = layout.map((row) => row.type);

await client.app.updateViews({
  app,
  views: {
    一覧: { type: "LIST", index: "0", name: "一覧", fields: ["品名", "数量"], filterCond: "数量 > 0", sort: "数量 desc" },
    こよみ: { type: "CALENDAR", index: "1", name: "こよみ", date: "買った日", title: "品名" },
  },
});
const { views } = await client.app.getViews({ app, preview: true });
seen.views = [views.一覧.fields, views.一覧.filterCond, views.一覧.sort, views.こよみ.type, views.こよみ.date];
await client.app.updateProcessManagement({
  app, enable: true,
  states: {
    未確認: { name: "未確認", index: "0", assignee: { type: "ONE", entities: [] } },
    確認済: { name: "確認済", index: "1", assignee: { type: "ONE", entities: [] } },
  },
  actions: [{ name: "確認する", from: "未確認", to: "確認済", filterCond: "" }],
});
const process_ = await client.app.getProcessManagement({ app, preview: true });
seen.process = [process_.enable, Object.keys(process_.states), process_.actions.map((each) => each.name)];
const { rights } = await client.app.getAppAcl({ app, preview: true });
await client.app.updateAppAcl({ app, rights });
seen.acl = JSON.stringify((await client.app.getAppAcl({ app, preview: true })).rights) === JSON.stringify(rights);
await client.app.updateRecordAcl({
  app,
  rights: [{
    filterCond: '状態 in ("要修理")',
    entities: [{ entity: { type: "USER", code: username }, viewable: true, editable: true, deletable: false }],
  }],
});
await client.app.updateFieldAcl({
  app,
  rights: [{
    code: "単価", entities: [{ accessibility: "READ", entity: { type: "ORGANIZATION", code: "shimin" } },
                             { accessibility: "WRITE", entity: { type: "USER", code: username } }],
  }],
});
seen.recordAcl = (await client.app.getRecordAcl({ app, preview: true })).rights[0].filterCond;
seen.fieldAcl = (await client.app.getFieldAcl({ app, preview: true })).rights[0].entities.map((e) => e.accessibility);
await client.app.updateAppSettings({ app, name: "備品の台帳", description: "説明", theme: "GREEN" });
const settings = await client.app.getAppSettings({ app, preview: true });
seen.settings = [settings.name, settings.theme, settings.numberPrecision.roundingMode];
await client.app.updateReports({
  app,
  reports: {
    置場別: {
      index: "0", name: "置場別", chartType: "BAR", chartMode: "NORMAL", groups: [{ code: "置場" }],
      aggregations: [{ type: "SUM", code: "数量" }], filterCond: "", sorts: [{ by: "TOTAL", order: "DESC" }],
    },
  },
});
seen.reports = (await client.app.getReports({ app, preview: true })).reports.置場別.aggregations;
await client.app.updateGeneralNotifications({
  app, notifyToCommenter: true,
  notifications: [{
    entity: { type: "USER", code: username }, recordAdded: true, recordEdited: false, commentAdded: true,
    statusChanged: false, fileImported: false,
  }],
});
seen.general = (await client.app.getGeneralNotifications({ app, preview: true })).notifications[0].commentAdded;
await client.app.updatePerRecordNotifications({
  app, notifications: [{
    filterCond: "数量 < 1", title: "なくなりました", targets: [{ entity: { type: "FIELD_ENTITY", code: "担当" } }],
  }],
});
await client.app.updateReminderNotifications({
  app, timezone: "Asia/Tokyo",
  notifications: [{
    timing: { code: "買った日", daysLater: "365", time: "09:00" }, filterCond: "", title: "点検の日です",
    targets: [{ entity: { type: "USER", code: username } }],
  }],
});
seen.reminder = (await client.app.getReminderNotifications({ app, preview: true })).notifications[0].timing;
await client.app.updateAdminNotes({ app, content: "引継ぎ", includeInTemplateAndDuplicates: true });
seen.notes = (await client.app.getAdminNotes({ app, preview: true })).content;
seen.plugins = (await client.app.getPlugins({ app, preview: true })).plugins;

await client.app.deployApp({ apps: [{ app }] });
seen.deployed = (await client.app.getDeployStatus({ apps: [app] })).apps;
const live = await client.app.getApp({ id: app });
seen.app = [live.appId === app, live.code, live.name, live.spaceId];
seen.apps = (await client.app.getApps({ name: "備品" })).apps.length;
const added = await client.record.addRecord({
  app, record: { 品名: { value: "机" }, 数量: { value: "3" }, 単価: { value: "1500" }, 状態: { value: "要修理" } },
});
const { record } = await client.record.getRecord({ app, id: added.id });
seen.record = [record.合計.value, record.ステータス.value, record.買った日.value?.length, record.作成者.value.code];
await client.record.updateRecordStatus({ app, id: added.id, action: "確認する" });

await client.app.addFormFields({
  app, properties: { 備考: { type: "MULTI_LINE_TEXT", code: "備考", label: "備考" } },
});
await client.app.deployApp({ apps: [{ app }] });
await client.record.updateRecord({ app, id: added.id, record: { 備考: { value: "あとから" } } });
seen.later = (await client.record.getRecord({ app, id: added.id })).record.備考.value;
await client.app.deleteFormFields({ app, fields: ["備考", "説明"] });
await client.app.deployApp({ apps: [{ app }] });
seen.gone = "備考" in (await client.app.getFormFields({ app })).properties;
console.log(JSON.stringify(seen));
