export const bare = () => ({});
