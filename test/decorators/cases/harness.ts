import { RecordingClient } from '../../support/recording-client.js';

/** Cases know no test runner: the same files run from source and compiled by other compilers. */
export type Cases = Readonly<Record<string, () => void | Promise<void>>>;

/** Runs `work` while a recording client is the default one. */
export async function withClient(work: (client: RecordingClient) => void | Promise<void>): Promise<void> {
  const client = new RecordingClient().register();
  try {
    await work(client);
  } finally {
    client.unregister();
  }
}

export const tick = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
