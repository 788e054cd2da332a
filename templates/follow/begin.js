/* The page of a follower. It only reads: nothing in these scripts sends anything. */
window.Live = {};
