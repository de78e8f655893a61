// Loaded into the processes that `npm start` starts: none of them stays behind when it is killed.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
