/** What a word in a route does, when it is a verb. `own`: a verb of the product's own. */
export type VerbKind = 'create' | 'read' | 'list' | 'update' | 'delete' | 'upload' | 'download' | 'export' | 'own';

/** Verbs of English that routes use, by what they do. */
const TABLE: Readonly<Record<VerbKind, string>> = {
  create: 'add append create insert make new store',
  read: `autocomplete calculate check compare compute count describe diff dryrun estimate evaluate exists explain fetch get
    inspect introspect lookup parse peek preview read render retrieve show simulate suggest validate view`,
  list: 'aggregate browse filter find list query scan search',
  update: `adjust alter amend change edit hide modify overwrite patch put rename replace save set toggle unhide unset update
    upsert write`,
  delete: 'del delete destroy drop erase expunge purge remove trash wipe',
  upload: 'upload',
  download: 'download',
  export: 'export',
  own: `abort accept ack acknowledge acquire activate advance allocate allow analyze anonymize answer appeal apply approve
    archive arm assign associate attach attest audit authenticate authorize autosave backup ban bill bind block book boost
    bounce broadcast bump bury buy calibrate cancel capture cast certify charge checkin checkout claim clean cleanup clear
    clone close collapse collect commit compact complete compress configure confirm connect consent consume contest
    convert cool copy cordon crawl deactivate deallocate deauthorize debit decide decline decode decommission decompress
    decrypt dedupe deduplicate deduct defer defragment delegate deliver demote deny deploy deprecate deprovision dequeue
    deregister detach detect dial digest disable disallow disapprove disarm disassociate discard disconnect dismiss
    dispatch dispute dissociate distribute downgrade downvote drain draw duplicate elevate email empty enable encode
    encrypt end endorse enqueue enrich enroll escalate evacuate evict exchange exclude execute expire extend fail failover
    favorite favourite fax finalize finish fire flag flush follow force forfeit forfeit forward freeze fulfill fund
    generate give grade grant halt handle handover hangup harvest hash hibernate hold honor ignore impersonate import
    include index ingest initialize initiate install invalidate invite invoice invoke join judge keep kick kill
    launch lease leave lend like link liquidate load lock log mail map mark mask match mention merge migrate mirror mount
    move mute nack nominate notarize notify nudge open optimize organize override pack park pause pay payout pickup pin
    ping place play poke poll populate post poweroff poweron prepare prioritize process proceed promote propose provision
    prune publish pull push quarantine queue quit rank rate react reactivate reanalyze reassign reattach rebalance rebase
    reboot rebuild recalculate receive reclaim recognize recompute reconcile reconnect record recover recreate recycle
    redact redeem redeliver redeploy redirect redo reenable refresh refund refute regenerate register reindex reinstall
    reinstate reissue reject relaunch release reload relocate remind reopen reorder reorganize repair reparent repeat
    replay replicate reply report reposition repost reprocess request requeue rerun reschedule resend reserve reset resize
    resolve respond restart restore restrict resubmit resume resync retain retire retry retrain return reveal reverse
    revert review revise revoke reward rewind rollback rotate route run sanction sanitize scale schedule score scrape seal
    seed select sell send settle share ship shutdown sign silence skip sleep slice snapshot snooze solve sort spam split
    sponsor stage standby star start stash step stop stream submit subscribe substitute supersede suspend swap switch sync
    synchronize tag take teleport terminate test text throttle touch track trade train transcode transcribe transfer
    transform transition translate trigger trip truncate try tunnel unarchive unassign unban unbind unblock unclaim
    uncordon undelete undeploy undo unenroll unfavorite unfavourite unflag unfollow unfreeze ungroup uninstall unlike
    unlink unload unlock unmark unmask unmerge unmount unmute unpause unpin unpublish unregister unreserve unresolve
    unschedule unshare unsnooze unstar unsubscribe unsuspend unsync untag unvote unwatch unwrap upgrade upvote use vacate
    vacuum verify void vote wake wakeup warm watch withdraw withhold wrap zip`,
};

/** The same, as lists. */
export const VERBS: Readonly<Record<VerbKind, readonly string[]>> = compileLists();

const KINDS = compile();

/** What the word does, or undefined when it is no verb we know. British spelling counts, and `re`, `un`, `de`, `dis` in front. */
export function verbOf(word: string): VerbKind | undefined {
  const known = KINDS.get(word);
  if (known !== undefined) return known;
  const american = word.replace(/ise$/, 'ize');
  if (american !== word && KINDS.has(american)) return KINDS.get(american);
  const stem = /^(?:re|un|de|dis)([a-z]{4,})$/.exec(word)?.[1];
  return stem !== undefined && KINDS.get(stem) === 'own' ? 'own' : undefined;
}

/** The verb behind a state: `starred` is star, `suspended` is suspend, `following` is follow. */
export function verbOfState(word: string): string | undefined {
  const stem = /^([a-z]{3,}?)ed$/.exec(word)?.[1] ?? (word === 'following' ? 'follow' : undefined);
  if (stem === undefined) return undefined;
  for (const candidate of [stem, `${stem}e`, stem.replace(/([^aeiou])\1$/, '$1'), stem.replace(/i$/, 'y')]) {
    if (KINDS.get(candidate) === 'own') return candidate;
  }
  return undefined;
}

function compileLists(): Readonly<Record<VerbKind, readonly string[]>> {
  const lists = Object.entries(TABLE).map(([kind, verbs]) => [kind, [...new Set(verbs.split(/\s+/))]]);
  return Object.fromEntries(lists) as Record<VerbKind, readonly string[]>;
}

function compile(): ReadonlyMap<string, VerbKind> {
  const kinds = new Map<string, VerbKind>();
  for (const kind of Object.keys(VERBS) as VerbKind[]) for (const verb of VERBS[kind]) kinds.set(verb, kind);
  return kinds;
}
