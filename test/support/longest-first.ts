import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/**
 * Files that take more than five seconds, begun before all others of their project: one that is begun last leaves the other
 * workers without work. Vitest knows durations of earlier runs only, and a fresh clone had none.
 */
const LONG = [
  'test/fleet/processes',
  'test/delivery/crash-matrix',
  'test/e2e/start',
  'test/delivery/one-device',
  'test/e2e/shop-without-countly',
  'test/fleet/one-visitor',
  'test/cli/plan',
  'test/e2e/browser-visitor',
  'test/e2e/orders',
  'test/nest/signal',
  'test/delivery/life-cycle',
  'test/nest/shutdown',
  'test/scope/many-devices',
  'test/scope/process-hooks',
  'test/scripts/release',
  'test/delivery/fault-matrix',
  'inspector/test/page/look',
  'test/journal/other-journals',
  'inspector/test/page/speed',
  'test/redis/fleet',
  'inspector/test/page/address',
  'test/decorators/compiled',
  'test/journal/shared-volume',
  'inspector/test/page/panels',
  'inspector/test/cli',
  'test/http/faults',
];

/**
 * Files with a process of their own first, then project by project, as workers are shared only among neighbours in the queue; within
 * each the long ones, in the order of the list, and then as Vitest has it.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    const projects = usual.map(({ project }) => project);
    const ranked = usual.map((file, at) => {
      const project = file.project.config.isolate ? 0 : 1 + projects.indexOf(file.project);
      return { file, at, project, place: placeOf(file) };
    });
    return ranked.sort((a, b) => a.project - b.project || a.place - b.place || a.at - b.at).map(({ file }) => file);
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONG.findIndex((name) => moduleId.includes(`/${name}.`));
  return place < 0 ? LONG.length : place;
}
