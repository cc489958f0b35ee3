/** Preloaded before a task: it gets no memory once it has begun. */
Deno.Permissions.prototype.revoke = () => Promise.reject(new RangeError("Array buffer allocation failed"));
