// What @kintone/rest-api-client does with records; prints what it got as JSON. Arguments: address, token, app.
import { KintoneRestAPIClient, KintoneRestAPIError } from "@kintone/rest-api-client";

const [baseUrl, apiToken, app] = process.argv.slice(2);
const client = new KintoneRestAPIClient({ baseUrl, auth: { apiToken } });
const { record, file } = client;
const seen = {};
const keys = (records) => records.map((each) => each.key.value);

const first = await record.addRecord({ app, record: { key: { value: "a" }, num: { value: 1 } } });
seen.added = typeof first.id === "string" && first.revision === "1";
seen.read = (await record.getRecord({ app, id: first.id })).record.num;
seen.updated = await record.updateRecord({ app, id: first.id, record: { num: { value: "2" } }, revision: -1 });
seen.byKey = await record.updateRecord({
  app, updateKey: { field: "key", value: "a" }, record: { num: { value: 5 } },
});
seen.upserted = (await record.upsertRecord({
  app, updateKey: { field: "key", value: "new" }, record: { num: { value: "3" } },
})).revision;
const upserts = await record.updateRecords({
  app, upsert: true,
  records: [
    { updateKey: { field: "key", value: "a" }, record: { num: { value: "6" } } },
    { updateKey: { field: "key", value: "b" }, record: { num: { value: "7" } } },
  ],
});
seen.operations = upserts.records.map((each) => each.operation);

const many = Array.from({ length: 150 }, (_, n) => ({ key: { value: `m${n}` }, num: { value: n } }));
seen.manyAdded = (await record.addAllRecords({ app, records: many })).records.length;
seen.all = (await record.getAllRecords({ app, fields: ["key"], condition: "num >= 0" })).length;
seen.allByCursor = keys(await record.getAllRecords({ app, condition: "num < 3", orderBy: "num asc" }));
seen.allByOffset = keys(
  await record.getAllRecords({ app, condition: "num < 3", orderBy: "num desc", withCursor: false }),
);
const page = await record.getRecords({ app, query: "num > 100 order by $id desc limit 2", totalCount: true });
seen.page = [page.records.length, page.totalCount];
seen.uncounted = (await record.getRecords({ app, query: "limit 1" })).totalCount;
const wanted = Array.from({ length: 600 }, (_, n) => `"m${n}"`).join(", ");
seen.longQuery = (await record.getRecords({ app, query: `key in (${wanted})`, totalCount: true })).totalCount;

const cursor = await record.createCursor({ app, query: "num < 3 order by num asc", size: 2 });
const pages = [];
for (;;) {
  const answer = await record.getRecordsByCursor({ id: cursor.id });
  pages.push(answer.records.length);
  if (!answer.next) break;
}
seen.cursor = [cursor.totalCount, pages];

const comment = await record.addRecordComment({
  app, record: first.id, comment: { text: "確認しました", mentions: [{ code: "sato", type: "USER" }] },
});
const comments = await record.getRecordComments({ app, record: first.id });
seen.comments = comments.comments.map((each) => [each.text, each.mentions[0].code, each.creator.code]);
await record.deleteRecordComment({ app, record: first.id, comment: comment.id });
seen.commentsLeft = (await record.getRecordComments({ app, record: first.id })).comments.length;

seen.moved = await record.updateRecordStatus({ app, id: first.id, action: "処理開始" });
seen.status = (await record.getRecord({ app, id: first.id })).record["ステータス"].value;
await record.updateRecordAssignees({ app, id: first.id, assignees: ["sato"] });
seen.assignees = (await record.getRecord({ app, id: first.id })).record["作業者"].value;
seen.acl = (await client.app.evaluateRecordsAcl({ app, ids: [first.id] })).rights[0].record;

const { fileKey } = await file.uploadFile({ file: { name: "日本.txt", data: "こんにちは" } });
await record.updateRecord({ app, id: first.id, record: { att: { value: [{ fileKey }] } } });
const [stored] = (await record.getRecord({ app, id: first.id })).record.att.value;
seen.file = [stored.name, stored.contentType, stored.size, stored.fileKey !== fileKey];
seen.content = Buffer.from(await file.downloadFile({ fileKey: stored.fileKey })).toString();

async function failure(work) {
  try {
    await work();
    return "no error";
  } catch (error) {
    if (!(error instanceof KintoneRestAPIError)) throw error;
    return [error.status, error.code, Object.keys(error.errors ?? {})];
  }
}
seen.badValue = await failure(() => record.addRecord({ app, record: { dd: { value: "Z" } } }));
seen.badBatch = await failure(() => record.addAllRecords({ app, records: [{}, { dd: { value: "Z" } }] })
  .catch((error) => { throw error.error ?? error; }));
seen.missing = await failure(() => record.getRecord({ app, id: 999999 }));
seen.conflict = await failure(() => record.updateRecord({ app, id: first.id, record: {}, revision: 1 }));
seen.bulk = await failure(() => client.bulkRequest({
  requests: [
    { method: "POST", api: "/k/v1/record.json", payload: { app, record: { key: { value: "rolled back" } } } },
    { method: "PUT", api: "/k/v1/record.json", payload: { app, id: 999999, record: {} } },
  ],
}));
seen.rolledBack = (await record.getRecords({ app, query: 'key = "rolled back"' })).records.length;

await record.deleteRecords({ app, ids: [first.id], revisions: [-1] });
const rest = await record.getAllRecords({ app, fields: ["$id"] });
await record.deleteAllRecords({ app, records: rest.map((each) => ({ id: each.$id.value })) });
seen.left = (await record.getRecords({ app, totalCount: true })).totalCount;

const guest = new KintoneRestAPIClient({ baseUrl, auth: { apiToken }, guestSpaceId: 7 });
seen.guest = (await guest.record.getRecords({ app })).records.length;
console.log(JSON.stringify(seen));
