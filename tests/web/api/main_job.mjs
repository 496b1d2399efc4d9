// The main job by Camunda's own client for JavaScript, unmodified. It checks each answer against Camunda's schemas:
// a wrong type or a missing field is an error. (Its check of requests is off, as it is by default: it drops the cursor of a page.)
import assert from 'node:assert/strict';
import { createCamundaClient } from '@camunda8/orchestration-cluster-api';

const [address, password, village, ...drawings] = process.argv.slice(2);
const now = { consistency: { waitUpToMs: 0 } };

function client(name) {
  return createCamundaClient({
    config: {
      CAMUNDA_REST_ADDRESS: address,
      CAMUNDA_AUTH_STRATEGY: 'BASIC',
      CAMUNDA_BASIC_AUTH_USERNAME: name,
      CAMUNDA_BASIC_AUTH_PASSWORD: password,
      CAMUNDA_SDK_VALIDATION: 'req:none,res:strict',
      CAMUNDA_SDK_LOG_LEVEL: 'error',
    },
  });
}
const administrator = client('administrator'), clerk = client('clerk'), office = client('office');

const only = (found) => { assert.equal(found.items.length, 1); return found.items[0]; };
const taskOf = async (processInstanceKey) => only(await clerk.searchUserTasks({ filter: { processInstanceKey, state: 'CREATED' } }, now));
const stateOf = async (processInstanceKey) => (await clerk.getProcessInstance({ processInstanceKey }, now)).state;
const begin = async () => (await clerk.createProcessInstance({
  processDefinitionId: 'well_repair', variables: { area: village, title: '东头的井', well: 'well-7' },
})).processInstanceKey;

// deploy, look around
const deployed = await administrator.deployResourcesFromFiles(drawings);
assert.deepEqual(deployed.processes.map((each) => each.processDefinitionId), ['well_repair']);
assert.equal((await clerk.getTopology()).clusterSize, 1);
assert.equal((await clerk.getAuthentication()).username, 'clerk');
const definition = only(await clerk.searchProcessDefinitions({ filter: { processDefinitionId: 'well_repair', isLatestVersion: true } }, now));
assert.match(await clerk.getProcessDefinitionXml({ processDefinitionKey: definition.processDefinitionKey }, now), /id="well_repair"/);

// a case from its beginning to its end
const key = await begin();
const task = await taskOf(key);
assert.equal(task.elementId, 'inspect');
const form = await clerk.getUserTaskForm({ userTaskKey: task.userTaskKey }, now);
assert.equal(form.formKey, task.formKey);
await office.updateUserTask({ userTaskKey: task.userTaskKey, changeset: { priority: 70 } });
await clerk.assignUserTask({ userTaskKey: task.userTaskKey, assignee: 'clerk' });
const mine = await clerk.getUserTask({ userTaskKey: task.userTaskKey }, now);
assert.deepEqual([mine.assignee, mine.priority], ['clerk', 70]);
await clerk.completeUserTask({ userTaskKey: task.userTaskKey, variables: { depth: 0.4, outcome: '修' } });
const known = await clerk.searchVariables({ filter: { processInstanceKey: key, name: 'urgency' } }, now);
assert.equal(JSON.parse(only(known).value), '急');

const { jobs } = await administrator.activateJobs({ type: 'pump-crew', timeout: 60_000, maxJobsToActivate: 5, worker: 'crew' });
assert.equal(jobs.length, 1);
assert.equal(only(await administrator.searchJobs({ filter: { processInstanceKey: key } }, now)).worker, 'crew');
await jobs[0].complete({ pump: 'P-2' });
assert.equal(only(await office.searchMessageSubscriptions({ filter: { processInstanceKey: key } }, now)).messageName, 'water_runs');
await office.correlateMessage({ name: 'water_runs', correlationKey: 'well-7', variables: { litres: 30 } });
assert.equal(await stateOf(key), 'COMPLETED');
const way = await clerk.searchElementInstances({ filter: { processInstanceKey: key }, sort: [{ field: 'startDate' }] }, now);
assert.ok(way.items.some((each) => each.elementId === 'inspect' && each.type === 'USER_TASK'));
const element = way.items.find((each) => each.elementId === 'water');
assert.equal((await clerk.getElementInstance({ elementInstanceKey: element.elementInstanceKey }, now)).state, 'COMPLETED');

// rules
const decided = await office.evaluateDecision({ decisionDefinitionId: 'urgency', variables: { depth: 0.4 } });
assert.equal(JSON.parse(decided.output), '急');
assert.equal(JSON.parse(decided.evaluatedDecisions[0].evaluatedInputs[0].inputValue), 0.4);

// a job that fails, its incident, and the error that the drawing foresees
const other = await begin();
await clerk.completeUserTask({ userTaskKey: (await taskOf(other)).userTaskKey, variables: { depth: 0.1, outcome: '修' } });
const take = async () => (await administrator.activateJobs({ type: 'pump-crew', timeout: 60_000, maxJobsToActivate: 1 })).jobs[0];
await (await take()).fail({ errorMessage: '水泵坏了', retries: 1 });
await (await take()).fail({ errorMessage: '还是坏的', retries: 0 });
const incident = only(await administrator.searchIncidents({ filter: { processInstanceKey: other, state: 'ACTIVE' } }, now));
assert.equal(incident.errorType, 'JOB_NO_RETRIES');
await administrator.resolveIncident({ incidentKey: incident.incidentKey });
await (await take()).error({ errorCode: 'NO_CREW', errorMessage: '都在别处' });
assert.equal(await stateOf(other), 'COMPLETED');

// pages, and an end before the end
const cases = [await begin(), await begin(), await begin()];
const first = await clerk.searchProcessInstances({ filter: { state: 'ACTIVE' }, sort: [{ field: 'startDate', order: 'DESC' }], page: { limit: 2 } }, now);
const second = await clerk.searchProcessInstances({
  filter: { state: { $in: ['ACTIVE'] } }, sort: [{ field: 'startDate', order: 'DESC' }], page: { limit: 2, after: first.page.endCursor },
}, now);
assert.deepEqual([...first.items, ...second.items].map((each) => each.processInstanceKey).sort(), cases.sort());
await office.cancelProcessInstance({ processInstanceKey: cases[0] });
assert.equal(await stateOf(cases[0]), 'TERMINATED');

// what is refused is told as a problem
await assert.rejects(clerk.completeUserTask({ userTaskKey: task.userTaskKey, variables: {} }), (error) => error.status === 409 && /clerk/.test(error.detail));
console.log('done');
