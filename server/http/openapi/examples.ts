import type { EndpointName } from '../../../schemas/index.ts'

/** Recorded from the demo by `node scripts/record/examples.ts`. Of a file or a stream, a response by its media type. */
export const examples: Readonly<Record<EndpointName, { params?: Readonly<Record<string, string>>; request?: unknown; response?: unknown }>> = {
  createPreview: {
    request: {
      action: "pause_cron_entry",
      subject: {
        type: "cron_entry",
        id: "nightly_sync"
      },
      input: {}
    },
    response: {
      id: "01a200cf-b13e-72b0-a271-bf38106f50f0",
      status: "ready",
      plan: {
        risk: "low",
        actor: {
          id: "ops-demo",
          type: "user",
          label: "ops-demo"
        },
        after: {
          pausedAt: "now",
          skippedRuns: [
            "2026-11-22T02:00:00.000Z",
            "2026-11-23T02:00:00.000Z"
          ]
        },
        title: "Pause nightly_sync",
        action: "pause_cron_entry",
        before: {
          pausedAt: null
        },
        counts: {
          jobs: 0,
          subjects: 1
        },
        effect: "Future claims stop until resumed. Slots in between are recorded as paused and are not caught up on.",
        record: {
          actor: "ops-demo",
          subject: "cron_entry:nightly_sync",
          eventType: "cron.paused"
        },
        subject: {
          id: "nightly_sync",
          type: "cron_entry"
        },
        cautions: [],
        ownership: "powertools_native"
      },
      reasonRequired: false,
      expiresAt: "2026-11-22T01:42:21.006Z",
      token: "0_dhbu0LgD9LtbdSkFdwt61uOv4OSHn3MODCxU9133M",
      recentReasons: [
        "upstream is back"
      ]
    }
  },
  executePreview: {
    params: {
      id: "01a200cf-b13e-72b0-a271-bf38106f50f0"
    },
    request: {
      token: "0_dhbu0LgD9LtbdSkFdwt61uOv4OSHn3MODCxU9133M",
      reason: "fixture maintenance"
    },
    response: {
      event: {
        id: "01a200cf-b190-784f-9ab7-02c0add65575",
        occurredAt: "2026-11-22T01:12:21.152104Z",
        action: "pause_cron_entry",
        eventType: "cron.paused",
        outcome: "succeeded",
        actor: {
          id: "ops-demo",
          type: "user",
          label: "ops-demo"
        },
        subject: {
          type: "cron_entry",
          id: "nightly_sync"
        },
        reason: "fixture maintenance",
        before: {
          pausedAt: null,
          pausedBy: null
        },
        after: {
          pausedAt: "2026-11-22T01:12:21.136Z",
          pausedBy: "ops-demo"
        },
        source: "api",
        requestId: "bed51a1e-1f94-4e7e-8b51-780415f984dd",
        previewId: "01a200cf-b13e-72b0-a271-bf38106f50f0",
        metadata: {
          result: {
            version: 2
          },
          resource: {
            id: "nightly_sync",
            type: "cron_entry",
            queue: "nightly_sync"
          }
        }
      },
      result: {
        version: 2
      }
    }
  },
  getBulkRun: {
    params: {
      id: "01a200cf-ae28-71f9-9a23-8b56e8d68f83"
    },
    response: {
      id: "01a200cf-ae28-71f9-9a23-8b56e8d68f83",
      action: "retry_job",
      status: "finished",
      actor: {
        id: "ops-demo",
        type: "user",
        label: "ops-demo"
      },
      reason: "upstream is back",
      total: 43,
      eligible: 43,
      notEligible: {},
      outcomes: {
        done: 43
      },
      createdAt: "2026-11-22T01:12:20.273816Z",
      startedAt: "2026-11-22T01:12:20.435000Z",
      finishedAt: "2026-11-22T01:12:20.767000Z",
      chosen: {
        filter: {
          state: "discarded"
        }
      },
      asOf: "2026-11-22T01:12:20.869Z"
    }
  },
  listBulkRuns: {
    response: {
      items: [
        {
          id: "01a200cf-ae28-71f9-9a23-8b56e8d68f83",
          action: "retry_job",
          status: "finished",
          actor: {
            id: "ops-demo",
            type: "user",
            label: "ops-demo"
          },
          reason: "upstream is back",
          total: 43,
          eligible: 43,
          notEligible: {},
          outcomes: {
            done: 43
          },
          createdAt: "2026-11-22T01:12:20.273816Z",
          startedAt: "2026-11-22T01:12:20.435000Z",
          finishedAt: "2026-11-22T01:12:20.767000Z",
          chosen: {
            filter: {
              state: "discarded"
            }
          },
          asOf: "2026-11-22T01:12:20.908Z"
        },
        {
          id: "01a200cf-58a7-7f90-84aa-bdf6f9abbb48",
          action: "retry_job",
          status: "finished",
          actor: {
            id: "ops-demo",
            type: "user",
            label: "ops-demo"
          },
          reason: "upstream is back",
          total: 61,
          eligible: 61,
          notEligible: {},
          outcomes: {
            done: 61
          },
          createdAt: "2026-11-22T01:11:58.377698Z",
          startedAt: "2026-11-22T01:11:58.450000Z",
          finishedAt: "2026-11-22T01:11:58.547000Z",
          chosen: {
            filter: {
              state: "discarded"
            }
          },
          fate: {
            counts: {
              failed: 39,
              waiting: 22
            },
            asOf: "2026-11-22T01:12:17.677Z",
            until: "2026-11-23T01:11:58.547Z"
          },
          asOf: "2026-11-22T01:12:20.908Z"
        }
      ],
      asOf: "2026-11-22T01:12:20.882Z"
    }
  },
  listBulkItems: {
    params: {
      id: "01a200cf-ae28-71f9-9a23-8b56e8d68f83"
    },
    response: {
      items: [
        {
          id: "0063d100-e6b5-4413-b078-4a3c622aeaf4",
          queue: "order_mail",
          state: "discarded",
          outcome: "done"
        },
        {
          id: "5b02b2fb-5511-403f-a39a-cae16e15e173",
          queue: "order_mail",
          state: "discarded",
          outcome: "done"
        }
      ],
      asOf: "2026-11-22T01:12:20.932Z"
    }
  },
  getPreview: {
    params: {
      id: "01a200cf-b13e-72b0-a271-bf38106f50f0"
    },
    response: {
      id: "01a200cf-b13e-72b0-a271-bf38106f50f0",
      status: "ready",
      plan: {
        risk: "low",
        actor: {
          id: "ops-demo",
          type: "user",
          label: "ops-demo"
        },
        after: {
          pausedAt: "now",
          skippedRuns: [
            "2026-11-22T02:00:00.000Z",
            "2026-11-23T02:00:00.000Z"
          ]
        },
        title: "Pause nightly_sync",
        action: "pause_cron_entry",
        before: {
          pausedAt: null
        },
        counts: {
          jobs: 0,
          subjects: 1
        },
        effect: "Future claims stop until resumed. Slots in between are recorded as paused and are not caught up on.",
        record: {
          actor: "ops-demo",
          subject: "cron_entry:nightly_sync",
          eventType: "cron.paused"
        },
        subject: {
          id: "nightly_sync",
          type: "cron_entry"
        },
        cautions: [],
        ownership: "powertools_native"
      },
      reasonRequired: false,
      expiresAt: "2026-11-22T01:42:21.006Z"
    }
  },
  runOperation: {
    request: {
      action: "resume_cron_entry",
      subject: {
        type: "cron_entry",
        id: "nightly_sync"
      },
      reason: "maintenance is over"
    },
    response: {
      event: {
        id: "01a200cf-b1b6-7fcd-8cc8-0ba71716cd87",
        occurredAt: "2026-11-22T01:12:21.180322Z",
        action: "resume_cron_entry",
        eventType: "cron.resumed",
        outcome: "succeeded",
        actor: {
          id: "ops-demo",
          type: "user",
          label: "ops-demo"
        },
        subject: {
          type: "cron_entry",
          id: "nightly_sync"
        },
        reason: "maintenance is over",
        before: {
          pausedAt: "2026-11-22T01:12:21.136Z",
          pausedBy: "ops-demo",
          pauseReason: "fixture maintenance"
        },
        after: {
          pausedAt: null,
          pausedBy: null,
          pauseReason: null
        },
        source: "api",
        requestId: "ff3d2668-d455-445b-92f7-abf770c64a93",
        metadata: {
          result: {
            version: 3
          },
          pausedBy: "ops-demo",
          resource: {
            id: "nightly_sync",
            type: "cron_entry",
            queue: "nightly_sync"
          },
          pausedById: "ops-demo",
          pauseEventId: "01a200cf-b190-784f-9ab7-02c0add65575"
        }
      },
      result: {
        version: 3
      }
    }
  },
  markDeploy: {
    request: {
      version: "shop 481",
      note: "new mail templates"
    },
    response: {
      id: "01a200cf-b1e5-79b1-b36d-b18c5d35abde",
      version: "shop 481",
      at: "2026-11-22T01:12:21.221Z",
      note: "new mail templates",
      by: {
        id: "ops-demo",
        type: "user",
        label: "ops-demo"
      },
      eventId: "01a200cf-b1e5-76c5-a364-e07a1099c87e"
    }
  },
  getSession: {
    response: {
      actor: {
        id: "ops-demo",
        type: "user",
        label: "ops-demo"
      },
      permissions: {
        view_overview: {
          allowed: true
        },
        view_cron: {
          allowed: true
        }
      },
      engine: {
        name: "pg-boss",
        version: "12",
        transactional: true,
        capabilities: {
          enqueue: true,
          cancelExecuting: true
        },
        lacks: {
          filter_worker: "A pg-boss job has no worker of its own; its queue is its worker.",
          filter_tag: "pg-boss jobs have no tags."
        }
      },
      bridges: [
        {
          name: "pg-boss",
          label: "pg-boss Dashboard bridge",
          href: "/ops/jobs/pg-boss"
        }
      ],
      base: "/ops/jobs",
      reasons: {
        pause_cron_entry: {
          required: false,
          minLength: 8
        },
        resume_cron_entry: {
          required: false,
          minLength: 8
        }
      },
      version: "0.1.0",
      protocol: {
        current: 2,
        oldest: 1
      },
      asOf: "2026-11-22T01:12:21.265Z"
    }
  },
  getOverview: {
    response: {
      sentence: "report is stuck: 84 jobs for 3 h 3 min. order_mail failed for good: 9 jobs for 1 min – connect ETIMEDOUT 10.1.7.20:587 (smtp-eu-2). product_photo is running long: 1 job for 1 min. payment_webhook fai…",
      troubles: [
        {
          status: "blocked",
          text: "report is stuck: 84 jobs for 3 h 3 min.",
          about: "report",
          href: "/ops/jobs/incident/01a200cd-f8be-7630-9ec9-922f576aaa0b"
        },
        {
          status: "needs_review",
          text: "order_mail failed for good: 9 jobs for 1 min – connect ETIMEDOUT 10.1.7.20:587 (smtp-eu-2).",
          about: "order_mail",
          href: "/ops/jobs/incident/01a200ce-2053-7e65-9580-33e5b953eefb"
        }
      ],
      rest: "The rest is moving.",
      moving: true,
      figures: "fresh",
      range: "1h",
      chart: {
        from: "2026-11-22T00:12:00.000Z",
        to: "2026-11-22T01:12:00.000Z",
        stepSeconds: 60,
        marks: [
          {
            at: "2026-11-22T01:10:18.144Z",
            kind: "deploy",
            label: "v412"
          },
          {
            at: "2026-11-22T01:10:38.432420Z",
            kind: "incident",
            label: "report is stuck"
          }
        ]
      },
      vitals: [
        {
          key: "finished_per_minute",
          label: "Finished per minute",
          unit: "jobs",
          kind: "bars",
          value: 67.6,
          series: [
            {
              at: "2026-11-22T00:12:00.000Z",
              value: null
            },
            {
              at: "2026-11-22T00:13:00.000Z",
              value: null
            }
          ],
          asOf: "2026-11-22T01:12:19.425Z",
          how: "exact"
        },
        {
          key: "failed_per_minute",
          label: "Failed per minute",
          unit: "for good",
          kind: "bars",
          value: 49.2,
          series: [
            {
              at: "2026-11-22T00:12:00.000Z",
              value: null
            },
            {
              at: "2026-11-22T00:13:00.000Z",
              value: null
            }
          ],
          asOf: "2026-11-22T01:12:19.425Z",
          how: "exact"
        }
      ],
      incidents: {
        open: 4,
        unattended: 4,
        capped: false,
        items: [
          {
            id: "01a200cd-f8be-7630-9ec9-922f576aaa0b",
            status: "blocked",
            title: "report is stuck",
            about: "report",
            detail: "84 jobs due, the oldest for 3 h 2 min · ruled out: paused, failing jobs",
            since: "2026-11-21T22:09:18.204Z",
            href: "/ops/jobs/incident/01a200cd-f8be-7630-9ec9-922f576aaa0b",
            acknowledged: null,
            assignee: null,
            acknowledge: {
              allowed: true
            }
          },
          {
            id: "01a200ce-2053-7e65-9580-33e5b953eefb",
            status: "needs_review",
            title: "order_mail failed for good",
            about: "order_mail",
            detail: "9 jobs failed for good and still in the engine · connect ETIMEDOUT 10.1.7.20:587 (smtp-eu-2)",
            since: "2026-11-22T01:10:29.135Z",
            href: "/ops/jobs/incident/01a200ce-2053-7e65-9580-33e5b953eefb",
            acknowledged: null,
            assignee: null,
            acknowledge: {
              allowed: true
            }
          }
        ]
      },
      buckets: [
        {
          status: "needs_review",
          title: "Needs Review",
          count: 3,
          asOf: "2026-11-22T01:12:19.065Z",
          diagnosis: "3 incidents are open.",
          ownership: "powertools_native",
          ownershipLabel: "Powertools-native",
          posture: "Audited action",
          exemplars: [
            {
              kind: "incident",
              label: "order_mail",
              attention: "9 jobs failed for good and still in the engine",
              href: "/ops/jobs/incident/01a200ce-2053-7e65-9580-33e5b953eefb",
              forensicsHref: "/ops/jobs/forensics/incident/01a200ce-2053-7e65-9580-33e5b953eefb",
              completeness: "complete"
            },
            {
              kind: "incident",
              label: "payment_webhook",
              attention: "1 job failed for good and still in the engine",
              href: "/ops/jobs/incident/01a200cf-111f-7e41-a92f-8f0664cd89b1",
              forensicsHref: "/ops/jobs/forensics/incident/01a200cf-111f-7e41-a92f-8f0664cd89b1",
              completeness: "complete"
            }
          ],
          nextStep: {
            label: "Review incidents",
            href: "/ops/jobs/incidents"
          }
        },
        {
          status: "blocked",
          title: "Blocked",
          count: 1,
          asOf: "2026-11-22T01:12:19.425Z",
          diagnosis: "One incident is open.",
          ownership: "powertools_native",
          ownershipLabel: "Powertools-native",
          posture: "Audited action",
          exemplars: [
            {
              kind: "incident",
              label: "report",
              attention: "84 jobs due, the oldest for 3 h 2 min",
              href: "/ops/jobs/incident/01a200cd-f8be-7630-9ec9-922f576aaa0b",
              forensicsHref: "/ops/jobs/forensics/incident/01a200cd-f8be-7630-9ec9-922f576aaa0b",
              completeness: "complete"
            }
          ],
          nextStep: {
            label: "Review queues",
            href: "/ops/jobs/incident/01a200cd-f8be-7630-9ec9-922f576aaa0b"
          }
        }
      ],
      changes: [
        {
          at: "2026-11-22T01:12:21.221Z",
          kind: "deploy",
          who: "shop 481",
          text: "by ops-demo",
          detail: "new mail templates"
        },
        {
          at: "2026-11-22T01:12:21.180322Z",
          kind: "operation",
          who: "ops-demo",
          text: "resumed the entry nightly_sync",
          detail: "“maintenance is over”",
          href: "/ops/jobs/cron?entry=nightly_sync"
        }
      ],
      withheld: [],
      asOf: "2026-11-22T01:12:21.269Z"
    }
  },
  listAuditEvents: {
    response: {
      items: [
        {
          id: "01a200cf-b1e5-76c5-a364-e07a1099c87e",
          occurredAt: "2026-11-22T01:12:21.250419Z",
          action: "mark_deploy",
          eventType: "deploy.marked",
          outcome: "succeeded",
          actor: {
            id: "ops-demo",
            type: "user",
            label: "ops-demo"
          },
          subject: {
            type: "deploy",
            id: "shop 481"
          },
          reason: "new mail templates",
          before: {},
          after: {
            at: "2026-11-22T01:12:21.221Z",
            version: "shop 481"
          },
          source: "api",
          requestId: "56fdf2bd-d1d0-4eea-a801-793e4de7a059",
          metadata: {
            result: {
              deployId: "01a200cf-b1e5-79b1-b36d-b18c5d35abde"
            },
            resource: {
              id: "shop 481",
              type: "deploy"
            }
          }
        },
        {
          id: "01a200cf-b1b6-7fcd-8cc8-0ba71716cd87",
          occurredAt: "2026-11-22T01:12:21.180322Z",
          action: "resume_cron_entry",
          eventType: "cron.resumed",
          outcome: "succeeded",
          actor: {
            id: "ops-demo",
            type: "user",
            label: "ops-demo"
          },
          subject: {
            type: "cron_entry",
            id: "nightly_sync"
          },
          reason: "maintenance is over",
          before: {
            pausedAt: "2026-11-22T01:12:21.136Z",
            pausedBy: "ops-demo",
            pauseReason: "fixture maintenance"
          },
          after: {
            pausedAt: null,
            pausedBy: null,
            pauseReason: null
          },
          source: "api",
          requestId: "ff3d2668-d455-445b-92f7-abf770c64a93",
          metadata: {
            result: {
              version: 3
            },
            pausedBy: "ops-demo",
            resource: {
              id: "nightly_sync",
              type: "cron_entry",
              queue: "nightly_sync"
            },
            pausedById: "ops-demo",
            pauseEventId: "01a200cf-b190-784f-9ab7-02c0add65575"
          }
        }
      ],
      nextCursor: "427fJgJm7TLCcK_OJH8JqG188_BxRrEY4QBIbvOzt7G5xfCECoZswKeYO4EIshEFBkIHH1-dKaG6ObiQGo8iLyDRWd8qBVnBZpUmUHOBL0Fv_1XUAQhyIqDkOyMFwezDy-HXntAr8rBfuL9dVub0nVP-lvNZm5nw8FP10aBgoL9cbN-LpEvruFctZMMB-Geo3LMcek5…",
      asOf: "2026-11-22T01:12:23.155Z"
    }
  },
  listQueues: {
    response: {
      items: [
        {
          name: "catalogue_print",
          status: "runnable",
          diagnosis: "idle",
          cause: "1 job is running, none waiting",
          incident: null,
          age: "fresh",
          quiet: false,
          depth: [
            {
              how: "exact",
              count: 0,
              state: "scheduled"
            },
            {
              how: "exact",
              count: 0,
              state: "available"
            }
          ],
          oldestAvailableAt: null,
          due: {
            count: 0,
            how: "exact"
          },
          oldestDueAt: null,
          paused: null,
          executors: 1,
          attendance: {
            healthy: 1,
            late: 0,
            missing: 0,
            slots: 1,
            used: 1
          },
          limit: 1,
          finishedPerMinute: 0,
          failedPerMinute: 0,
          lately: {
            startedPerMinute: 0.3333333333333333,
            failedPerMinute: 0,
            usualFailedPerMinute: null,
            failing: false,
            waitP95Seconds: 0.863837598531476
          },
          waitP95Seconds: 0.897886,
          series: [
            {
              finished: 0,
              failed: 0,
              waiting: 0,
              at: "2026-11-22T01:10:00.000Z",
              waitP95Seconds: 0.897886
            },
            {
              finished: 0,
              failed: 0,
              waiting: 0,
              at: "2026-11-22T01:11:00.000Z",
              waitP95Seconds: null
            }
          ],
          operations: {
            pause_queue: {
              allowed: true
            },
            resume_queue: {
              allowed: false,
              reason: "The queue is not paused."
            }
          },
          asOf: "2026-11-22T01:12:19.425Z"
        },
        {
          name: "cleanup_carts",
          status: "runnable",
          diagnosis: "idle",
          cause: "moving",
          incident: null,
          age: "fresh",
          quiet: false,
          depth: [
            {
              how: "exact",
              count: 0,
              state: "scheduled"
            },
            {
              how: "exact",
              count: 0,
              state: "available"
            }
          ],
          oldestAvailableAt: null,
          due: {
            count: 0,
            how: "exact"
          },
          oldestDueAt: null,
          paused: null,
          executors: 1,
          attendance: {
            healthy: 1,
            late: 0,
            missing: 0,
            slots: 1,
            used: 0
          },
          limit: 1,
          finishedPerMinute: 0,
          failedPerMinute: 0,
          lately: {
            startedPerMinute: 0.3333333333333333,
            failedPerMinute: 0,
            usualFailedPerMinute: null,
            failing: false,
            waitP95Seconds: 0.39573395701665043
          },
          waitP95Seconds: null,
          series: [
            {
              finished: 0,
              failed: 0,
              waiting: 0,
              at: "2026-11-22T01:10:00.000Z",
              waitP95Seconds: null
            },
            {
              finished: 0,
              failed: 0,
              waiting: 0,
              at: "2026-11-22T01:11:00.000Z",
              waitP95Seconds: null
            }
          ],
          operations: {
            pause_queue: {
              allowed: true
            },
            resume_queue: {
              allowed: false,
              reason: "The queue is not paused."
            }
          },
          asOf: "2026-11-22T01:12:19.425Z"
        }
      ],
      summary: {
        queues: 12,
        quiet: {
          count: 5,
          names: [
            "gift_reminder",
            "ledger_close"
          ]
        },
        waiting: 197,
        sentence: {
          before: "Work piles up in ",
          queue: "report",
          after: ": 84 of the 197 waiting jobs, the oldest for 3 h 3 min.",
          calm: "Everywhere else the oldest waits 2 min."
        }
      },
      asOf: "2026-11-22T01:12:21.497Z"
    }
  },
  listIncidents: {
    response: {
      items: [
        {
          id: "01a200cd-f8be-7630-9ec9-922f576aaa0b",
          class: "stuck_queue",
          status: "blocked",
          state: "open",
          scope: {
            queue: "report"
          },
          title: "report is stuck",
          headline: "84 jobs are due in report, the oldest for 3 h 3 min, and no job has started or ended in the 3 minutes of the last hour that were measured.",
          measured: [
            {
              label: "84 jobs due, the oldest for 3 h 3 min",
              note: "measured"
            },
            {
              label: "No job started or ended in the 3 minutes of the last hour that were measured",
              note: "threshold 2 min"
            }
          ],
          ruledOut: [
            {
              label: "Paused: the queue is not",
              note: "measured"
            },
            {
              label: "Failing jobs: none failed in the last 10 min",
              note: "measured"
            }
          ],
          facts: [
            {
              label: "Due",
              value: "84 jobs"
            },
            {
              label: "Oldest",
              value: "3 h 3 min"
            }
          ],
          affected: {
            jobs: {
              count: 84,
              how: "exact"
            },
            queues: [
              "report"
            ],
            executors: null
          },
          explains: [],
          explainedBy: null,
          operations: {
            acknowledge_incident: {
              allowed: true
            },
            unacknowledge_incident: {
              allowed: false,
              reason: "It is not acknowledged; expected an acknowledged one."
            }
          },
          cause: null,
          since: "2026-11-21T22:09:18.204Z",
          openedAt: "2026-11-22T01:10:38.322Z",
          lastSeenAt: "2026-11-22T01:12:19.425Z",
          resolvedAt: null,
          reopened: 0,
          flappingSince: null,
          acknowledged: null,
          assignee: null,
          silenced: null,
          asOf: "2026-11-22T01:12:19.425Z"
        },
        {
          id: "01a200ce-2053-7e65-9580-33e5b953eefb",
          class: "retry_exhausted",
          status: "needs_review",
          state: "open",
          scope: {
            queue: "order_mail",
            fingerprint: "e1:83c01c1dd0ffa9ad"
          },
          title: "order_mail failed for good",
          headline: "40 jobs of order_mail have failed for good within the last day and will not be retried, the latest at 01:12:18 UTC.",
          measured: [
            {
              label: "40 jobs failed for good and still in the engine",
              note: "engine"
            }
          ],
          ruledOut: [],
          facts: [
            {
              label: "Failed for good",
              value: "40 jobs"
            },
            {
              label: "Latest",
              value: "01:12:18 UTC"
            }
          ],
          affected: {
            jobs: {
              count: 40,
              how: "exact"
            },
            queues: [
              "order_mail"
            ],
            executors: null
          },
          explains: [],
          explainedBy: null,
          operations: {
            acknowledge_incident: {
              allowed: true
            },
            unacknowledge_incident: {
              allowed: false,
              reason: "It is not acknowledged; expected an acknowledged one."
            }
          },
          error: "connect ETIMEDOUT 10.1.7.21:587 (smtp-eu-2)",
          cause: null,
          since: "2026-11-22T01:10:29.135Z",
          openedAt: "2026-11-22T01:10:38.322Z",
          lastSeenAt: "2026-11-22T01:12:19.065Z",
          resolvedAt: null,
          reopened: 0,
          flappingSince: null,
          acknowledged: null,
          assignee: null,
          silenced: null,
          asOf: "2026-11-22T01:12:19.065Z"
        }
      ],
      watch: {
        state: "fresh",
        lookedAt: "2026-11-22T01:12:21.186Z",
        sources: [
          {
            name: "cron",
            asOf: "2026-11-22T01:12:21.186Z",
            state: "fresh"
          },
          {
            name: "bursts",
            asOf: null,
            state: "unknown"
          }
        ]
      },
      asOf: "2026-11-22T01:12:23.217Z"
    }
  },
  countIncidents: {
    response: {
      open: 4,
      unattended: 4,
      capped: false,
      pages: {
        "/queues": {
          status: "blocked",
          count: 1
        },
        "/errors": {
          status: "needs_review",
          count: 2
        }
      },
      asOf: "2026-11-22T01:12:21.712Z"
    }
  },
  listDeploys: {
    response: {
      items: [
        {
          id: "01a200cf-b1e5-79b1-b36d-b18c5d35abde",
          version: "shop 481",
          at: "2026-11-22T01:12:21.221Z",
          note: "new mail templates",
          by: {
            id: "ops-demo",
            type: "user",
            label: "ops-demo"
          },
          eventId: "01a200cf-b1e5-76c5-a364-e07a1099c87e"
        },
        {
          id: "01a200cd-d134-7114-bebb-d96509c4b883",
          version: "v412",
          at: "2026-11-22T01:10:18.144Z",
          by: {
            id: "ops-demo",
            type: "user",
            label: "ops-demo"
          },
          eventId: "01a200cd-d134-7da0-8f6e-8dc5a0943fe0"
        }
      ],
      asOf: "2026-11-22T01:12:21.809Z"
    }
  },
  listErrorGroups: {
    response: {
      items: [
        {
          state: "new",
          status: "unresolved",
          resolved: null,
          regressedAt: null,
          silenced: null,
          fingerprint: "e1:83c01c1dd0ffa9ad",
          title: "connect ETIMEDOUT <ip>:<int> (smtp-eu-2)",
          errorClass: "Error",
          grouping: "default",
          queue: "order_mail",
          worker: "order_mail",
          firstSeenAt: "2026-11-22T01:10:19.111Z",
          lastSeenAt: "2026-11-22T01:12:21.868Z",
          total: 234,
          count: 234,
          final: 98,
          perMinute: 39.6,
          histogram: {
            from: "2026-11-22T00:12:00.000Z",
            stepSeconds: 60,
            counts: [
              null,
              null
            ]
          },
          burst: null,
          versions: [
            "v412"
          ],
          operations: {
            resolve_error_group: {
              allowed: true
            },
            reopen_error_group: {
              allowed: false,
              reason: "It is not resolved; expected a resolved one."
            }
          }
        },
        {
          state: "new",
          status: "unresolved",
          resolved: null,
          regressedAt: null,
          silenced: null,
          fingerprint: "e1:7b27cb249c887ef2",
          title: "Provider refused order <int>: <int> for key [key removed]",
          errorClass: "Error",
          grouping: "default",
          queue: "payment_webhook",
          worker: "payment_webhook",
          firstSeenAt: "2026-11-22T01:10:19.184Z",
          lastSeenAt: "2026-11-22T01:12:22.013Z",
          total: 7,
          count: 7,
          final: 3,
          perMinute: 1.2,
          histogram: {
            from: "2026-11-22T00:12:00.000Z",
            stepSeconds: 60,
            counts: [
              null,
              null
            ]
          },
          burst: null,
          versions: [
            "v412"
          ],
          operations: {
            resolve_error_group: {
              allowed: true
            },
            reopen_error_group: {
              allowed: false,
              reason: "It is not resolved; expected a resolved one."
            }
          }
        }
      ],
      summary: {
        failures: 241,
        groups: {
          unresolved: 2,
          silenced: 0,
          resolved: 0
        },
        headline: "2 new errors make all 241 failures of the last hour.",
        rest: "",
        readTo: "2026-11-22T01:12:22.193Z",
        gaps: [
          {
            from: "2026-11-22T00:12:00.000Z",
            to: "2026-11-22T01:10:18.043Z"
          }
        ]
      },
      asOf: "2026-11-22T01:12:23.254Z"
    }
  },
  listExecutors: {
    response: {
      items: [
        {
          id: "0eb06b06-f38a-4ab8-b637-cf6725cd1f73",
          name: "shop-1:22809",
          host: "shop-1",
          pid: 22809,
          version: "v412",
          source: "companion",
          health: "healthy",
          startedAt: "2026-11-22T01:10:17.475Z",
          beatAt: "2026-11-22T01:12:20.557Z",
          endedAt: null,
          lateAt: null,
          missingAt: null,
          queues: [
            {
              name: "catalogue_print",
              slots: 1,
              used: 1,
              paused: false,
              limit: null,
              donePerMinute: 0,
              failedPerMinute: 0
            },
            {
              name: "cleanup_carts",
              slots: 1,
              used: 0,
              paused: false,
              limit: null,
              donePerMinute: 0.9929575747713351,
              failedPerMinute: 0
            }
          ],
          slots: 15,
          held: 4,
          oldestHeldAt: "2026-11-22T01:10:18.746Z",
          donePerMinute: 4.964787873856675,
          failedPerMinute: 122.13378169687421
        }
      ],
      asOf: "2026-11-22T01:12:23.293Z",
      summary: {
        executors: 1,
        hosts: 1,
        health: {
          healthy: 1,
          late: 0,
          missing: 0,
          unknown: 0
        },
        ended: 0,
        slots: 15,
        used: 4,
        versions: [
          {
            version: "v412",
            executors: 1,
            firstStartedAt: "2026-11-22T01:10:17.475Z",
            lastStartedAt: "2026-11-22T01:10:17.475Z"
          }
        ],
        unattended: []
      }
    }
  },
  listWebhookDeliveries: {
    response: {
      items: [
        {
          id: "01a200cf-afb7-72ba-a9cb-7c043536cc1b",
          messageId: "01a200cf-38f0-782a-be39-334cd84a1f3b",
          endpoint: "on-call",
          eventType: "incident.opened",
          subject: {
            type: "incident",
            id: "01a200cf-38ee-709e-a929-5f7839a4faf7"
          },
          state: "delivered",
          createdAt: "2026-11-22T01:12:20.663Z",
          attempts: 1,
          nextAttemptAt: null,
          lastAttemptAt: "2026-11-22T01:12:21.878Z",
          lastStatus: 204,
          lastFailure: null,
          deliveredAt: "2026-11-22T01:12:21.878Z",
          operations: {
            redeliver_webhook: {
              allowed: true
            }
          }
        },
        {
          id: "01a200cf-89b3-77cc-a35d-35b8c6aec72f",
          messageId: "01a200cf-1122-7a10-a226-866a35904e1a",
          endpoint: "on-call",
          eventType: "incident.opened",
          subject: {
            type: "incident",
            id: "01a200cf-111f-7e41-a92f-8f0664cd89b1"
          },
          state: "delivered",
          createdAt: "2026-11-22T01:12:10.931Z",
          attempts: 1,
          nextAttemptAt: null,
          lastAttemptAt: "2026-11-22T01:12:11.405Z",
          lastStatus: 204,
          lastFailure: null,
          deliveredAt: "2026-11-22T01:12:11.405Z",
          operations: {
            redeliver_webhook: {
              allowed: true
            }
          }
        }
      ],
      asOf: "2026-11-22T01:12:22.053Z"
    }
  },
  listComingRuns: {
    response: {
      from: "2026-11-22T01:12:22.076Z",
      to: "2026-11-23T01:12:22.076Z",
      entries: [
        {
          name: "price_feed",
          source: "code",
          queue: "price_feed",
          expression: "* * * * *",
          timezone: "Etc/UTC",
          description: "Every minute",
          runs: [],
          rhythms: [
            {
              from: "2026-11-22T01:13:00.000Z",
              to: "2026-11-23T01:12:00.000Z",
              everySeconds: 60,
              runs: 1440
            }
          ],
          permissions: {
            skip_cron_slot: {
              allowed: true
            },
            unskip_cron_slot: {
              allowed: true
            },
            resume_cron_entry: {
              allowed: true
            }
          }
        },
        {
          name: "cleanup_carts",
          source: "code",
          queue: "cleanup_carts",
          expression: "*/2 * * * *",
          timezone: "Etc/UTC",
          description: "Every 2 minutes",
          runs: [],
          rhythms: [
            {
              from: "2026-11-22T01:14:00.000Z",
              to: "2026-11-23T01:12:00.000Z",
              everySeconds: 120,
              runs: 720
            }
          ],
          permissions: {
            skip_cron_slot: {
              allowed: true
            },
            unskip_cron_slot: {
              allowed: true
            },
            resume_cron_entry: {
              allowed: true
            }
          }
        }
      ],
      capped: false,
      asOf: "2026-11-22T01:12:22.076Z"
    }
  },
  countJobs: {
    response: {
      count: 285,
      how: "exact",
      asOf: "2026-11-22T01:12:22.184Z"
    }
  },
  getJobHistogram: {
    response: {
      from: "2026-11-22T01:10:17.794Z",
      to: "2026-11-22T01:12:18.264Z",
      counts: [
        269,
        0
      ],
      jobs: 285,
      partial: false,
      sortedBy: "created",
      first: "2026-11-22T01:10:17.794Z",
      last: "2026-11-22T01:12:18.263Z",
      asOf: "2026-11-22T01:12:22.225Z"
    }
  },
  getHealth: {
    response: {
      ok: true,
      version: "0.1.0"
    }
  },
  getReadiness: {
    response: {
      ok: true,
      checks: [
        {
          name: "database",
          ok: true
        },
        {
          name: "engine",
          ok: true
        }
      ]
    }
  },
  listJobs: {
    response: {
      items: [
        {
          id: "c480213d-76ca-492c-b471-4f4d256523a5",
          queue: "order_mail",
          state: "available",
          engineState: "created",
          version: "created:0:1795309938.263235:0:0",
          attempt: 0,
          maxAttempts: 3,
          priority: 0,
          tags: [],
          args: {
            to: "shopper496@gmial.invalid",
            order: 1046
          },
          createdAt: "2026-11-22T01:12:18.263Z",
          dueAt: "2026-11-22T01:12:18.263Z"
        },
        {
          id: "6e1343e4-2335-4532-ab6a-569e201baa3f",
          queue: "payment_webhook",
          state: "completed",
          engineState: "completed",
          version: "completed:0:1795309938.23008:1795309939.436644:1795309940.021915",
          attempt: 1,
          maxAttempts: 3,
          priority: 0,
          tags: [],
          args: {
            order: 1046
          },
          createdAt: "2026-11-22T01:12:18.230Z",
          dueAt: "2026-11-22T01:12:18.230Z",
          startedAt: "2026-11-22T01:12:19.436Z",
          finishedAt: "2026-11-22T01:12:20.021Z"
        }
      ],
      nextCursor: "C2zv65sKb6CqoMeeQv0Kcyqp6iKOrmf7tHWAx3Bp5i7A98Y9yEEsg0c7_LSyjwz84iGvd0lGuHldmt4mYzR5wTJW7QO6eftMq1TfC7LyEYauB7ln7O2Qq2rcADbkUffM6TG4iAzgN_MlIpiwMBHiytWGKPEnVoNaPT0IwGfLZj_7pEfDH6-hm3SllGsXvbMinHSmwoG…",
      asOf: "2026-11-22T01:12:22.308Z"
    }
  },
  getJob: {
    params: {
      id: "c480213d-76ca-492c-b471-4f4d256523a5"
    },
    response: {
      id: "c480213d-76ca-492c-b471-4f4d256523a5",
      queue: "order_mail",
      state: "available",
      engineState: "created",
      version: "created:0:1795309938.263235:0:0",
      attempt: 0,
      maxAttempts: 3,
      priority: 0,
      tags: [],
      args: {
        to: "shopper496@gmial.invalid",
        order: 1046
      },
      createdAt: "2026-11-22T01:12:18.263Z",
      dueAt: "2026-11-22T01:12:18.263Z",
      meta: {
        policy: "standard",
        retryDelay: 4,
        retryBackoff: false,
        expireInSeconds: 900,
        heartbeatSeconds: 30,
        keepUntil: "2026-12-06T01:12:18.263235Z",
        deleteAfterSeconds: 86400
      },
      attempts: [],
      runs: [],
      attemptsKept: "last",
      timeline: [
        {
          at: "2026-11-22T01:12:18.263Z",
          label: "created"
        }
      ],
      origin: {},
      retries: {
        afterSeconds: 4,
        grows: false
      },
      dependencies: [],
      waiting: [
        {
          reason: "unknown",
          detail: "Nothing known is blocking it; no executor has picked it up yet."
        }
      ],
      operations: {
        retry_job: {
          allowed: false,
          reason: "State is available; Retry applies to retryable, discarded, cancelled or completed jobs."
        },
        cancel_job: {
          allowed: true
        }
      },
      asOf: "2026-11-22T01:12:22.321Z",
      events: [],
      forensics: {
        subject: {
          type: "job",
          id: "c480213d-76ca-492c-b471-4f4d256523a5",
          label: "order_mail",
          href: "/ops/jobs/job/c480213d-76ca-492c-b471-4f4d256523a5"
        },
        diagnosis: {
          status: "runnable",
          title: "It is available; why it is not running is unknown.",
          detail: "Nothing known is blocking it; no executor has picked it up yet.",
          provenance: "unknown"
        },
        completeness: {
          state: "complete",
          reasons: [
            "The engine stored every attempt of this job, and the audit log reaches back to its creation."
          ],
          gaps: []
        },
        window: {
          from: "2026-11-22T01:12:18.263Z",
          to: "2026-11-22T01:12:22.321Z"
        },
        chronology: [
          {
            id: "01a200cf-b1e5-79b1-b36d-b18c5d35abde",
            at: "2026-11-22T01:12:21.221Z",
            label: "shop 481 was deployed",
            detail: "new mail templates",
            source: "deploy",
            provenance: "supporting",
            actor: {
              id: "ops-demo",
              type: "user",
              label: "ops-demo"
            },
            ref: {
              type: "deploy",
              id: "shop 481",
              href: "/ops/jobs/audit?subjectType=deploy&subjectId=shop%20481"
            }
          },
          {
            id: "c480213d-76ca-492c-b471-4f4d256523a5 000000",
            at: "2026-11-22T01:12:18.263Z",
            label: "Created",
            source: "engine",
            provenance: "durable",
            ref: {
              type: "job",
              id: "c480213d-76ca-492c-b471-4f4d256523a5"
            }
          }
        ],
        timeline: {
          from: "2026-11-22T01:12:18.263Z",
          to: "2026-11-22T01:12:22.321Z",
          now: "2026-11-22T01:12:22.321Z",
          lanes: [
            {
              key: "attempts",
              label: "Attempts",
              line: false,
              marks: [],
              gaps: []
            },
            {
              key: "incidents",
              label: "Incidents",
              line: false,
              marks: [
                {
                  at: "2026-11-22T01:10:38.322Z",
                  to: "2026-11-22T01:12:22.321Z",
                  mark: "incident",
                  label: "Incident opened: order_mail failed for good",
                  href: "/ops/jobs/forensics/incident/01a200ce-2053-7e65-9580-33e5b953eefb"
                }
              ],
              gaps: []
            }
          ]
        },
        withheld: [],
        linkedResources: [
          {
            type: "queue",
            id: "order_mail",
            label: "queue order_mail",
            href: "/ops/jobs/forensics/queue/order_mail"
          }
        ],
        nextPaths: [
          {
            order: 1,
            ownership: "powertools_native",
            ownershipLabel: "Powertools-native",
            posture: "Audited action",
            label: "Cancel: order_mail",
            detail: "It will not run, or is told to stop; it can be retried later.",
            operation: {
              action: "cancel_job",
              subject: {
                type: "job",
                id: "c480213d-76ca-492c-b471-4f4d256523a5"
              },
              allowed: true
            }
          },
          {
            order: 2,
            ownership: "powertools_native",
            ownershipLabel: "Powertools-native",
            posture: "Audited action",
            label: "Discard: order_mail",
            detail: "It will not run again.",
            operation: {
              action: "discard_job",
              subject: {
                type: "job",
                id: "c480213d-76ca-492c-b471-4f4d256523a5"
              },
              allowed: true
            }
          }
        ],
        runbook: {
          title: "A job that is not running",
          whyNow: "It is available; why it is not running is unknown. Nothing known is blocking it; no executor has picked it up yet.",
          prerequisites: [
            {
              label: "The evidence covers the whole life of the job",
              met: true
            },
            {
              label: "You may act on this job",
              met: true
            }
          ],
          steps: [
            {
              ownership: "powertools_native",
              ownershipLabel: "Powertools-native",
              text: "Check the queue: how deep is it, and is anything finishing?"
            },
            {
              ownership: "powertools_native",
              ownershipLabel: "Powertools-native",
              text: "Compare it with other jobs in the queue."
            }
          ],
          cautions: [
            "Changes made in the engine or in its own dashboard are not recorded here."
          ],
          unsupported: []
        },
        asOf: "2026-11-22T01:12:22.321Z"
      }
    }
  },
  hintJobs: {
    response: {
      values: [
        "order_mail"
      ],
      asOf: "2026-11-22T01:12:22.750Z"
    }
  },
  saveJobView: {
    params: {
      name: "Failed mails"
    },
    request: {
      filters: {
        queue: "order_mail",
        state: "discarded"
      }
    },
    response: {
      name: "Failed mails",
      filters: {
        state: "discarded",
        queue: "order_mail"
      },
      updatedAt: "2026-11-22T01:12:22.901Z"
    }
  },
  listJobViews: {
    response: {
      items: [
        {
          name: "Failed mails",
          filters: {
            queue: "order_mail",
            state: "discarded"
          },
          updatedAt: "2026-11-22T01:12:22.901Z"
        }
      ],
      asOf: "2026-11-22T01:12:22.967Z"
    }
  },
  deleteJobView: {
    params: {
      name: "Failed mails"
    },
    response: {
      deleted: true
    }
  },
  listCronEntries: {
    response: {
      items: [
        {
          name: "cleanup_carts",
          source: "code",
          queue: "cleanup_carts",
          expression: "*/2 * * * *",
          timezone: "Etc/UTC",
          overlap: "cancel_previous",
          catchUp: "none",
          maxCatchUp: 1,
          version: 1,
          args: {
            olderThanMinutes: 10
          },
          description: "Every 2 minutes",
          status: "runnable",
          diagnosis: "ready",
          detail: "Runs as scheduled.",
          lastRun: {
            at: "2026-11-22T01:12:00.000Z",
            outcome: "on_time",
            claimedAt: "2026-11-22T01:12:00.659Z",
            lateSeconds: 0.659,
            jobId: "b90acd12-7090-43b9-9822-72fa7ef538f7",
            jobState: "completed",
            finishedAt: "2026-11-22T01:12:07.142Z"
          },
          nextRuns: [
            "2026-11-22T01:14:00.000Z",
            "2026-11-22T01:16:00.000Z"
          ],
          recent: [],
          coming: [],
          unfinishedJobs: 0,
          definitionLocked: "This entry is declared in code; change it there.",
          permissions: {
            pause_cron_entry: {
              allowed: true
            },
            resume_cron_entry: {
              allowed: true
            }
          },
          createdAt: "2026-11-22T01:10:17.876Z",
          updatedAt: "2026-11-22T01:10:17.876Z"
        },
        {
          name: "ledger_close",
          source: "code",
          queue: "ledger_close",
          expression: "30 0 1 * *",
          timezone: "America/New_York",
          overlap: "queue_one",
          catchUp: "latest",
          maxCatchUp: 1,
          version: 1,
          args: {
            book: "main"
          },
          description: "At 00:30, on day 1 of the month",
          status: "runnable",
          diagnosis: "ready",
          detail: "Runs as scheduled.",
          nextRuns: [
            "2026-12-01T05:30:00.000Z",
            "2027-01-01T05:30:00.000Z"
          ],
          recent: [],
          coming: [],
          unfinishedJobs: 0,
          definitionLocked: "This entry is declared in code; change it there.",
          permissions: {
            pause_cron_entry: {
              allowed: true
            },
            resume_cron_entry: {
              allowed: true
            }
          },
          createdAt: "2026-11-22T01:10:17.876Z",
          updatedAt: "2026-11-22T01:10:17.876Z"
        }
      ],
      nextCursor: "Ys_cc8ZtSNeioEFeAUThoDoeQdga-HR0MUqdzY5K4Jc88ig4Ys4x36o4l6pJduKnph_mlIFCuiguZzuFjo1ZAPYJUsnxmgfObenbIO3eAKq067cmU1k19SPiqOA",
      asOf: "2026-11-22T01:12:23.030Z"
    }
  },
  getCronEntry: {
    params: {
      name: "nightly_sync"
    },
    response: {
      name: "nightly_sync",
      source: "fixture",
      queue: "nightly_sync",
      expression: "0 2 * * *",
      timezone: "Etc/UTC",
      overlap: "queue_one",
      catchUp: "latest",
      maxCatchUp: 1,
      version: 3,
      args: {
        scope: "ops-demo"
      },
      description: "At 02:00",
      status: "runnable",
      diagnosis: "ready",
      detail: "Runs as scheduled.",
      nextRuns: [
        "2026-11-22T02:00:00.000Z",
        "2026-11-23T02:00:00.000Z"
      ],
      recent: [],
      coming: [
        {
          at: "2026-11-22T02:00:00.000Z",
          skipped: false
        },
        {
          at: "2026-11-23T02:00:00.000Z",
          skipped: false
        }
      ],
      unfinishedJobs: 0,
      definitionLocked: "This entry is declared in code; change it there.",
      permissions: {
        pause_cron_entry: {
          allowed: true
        },
        resume_cron_entry: {
          allowed: true
        }
      },
      createdAt: "2026-11-22T01:10:17.876Z",
      updatedAt: "2026-11-22T01:12:21.174Z"
    }
  },
  getCronHistory: {
    params: {
      name: "nightly_sync"
    },
    response: {
      entry: "nightly_sync",
      from: "2026-11-21T01:12:23.137Z",
      to: "2026-11-22T01:12:23.137Z",
      counts: {},
      completeness: {
        state: "complete",
        reasons: []
      },
      truncated: false,
      asOf: "2026-11-22T01:12:23.137Z",
      slots: []
    }
  },
  previewCronSchedule: {
    response: {
      errors: [],
      description: "At 02:00",
      nextRuns: [
        "2026-11-23T01:00:00.000Z",
        "2026-11-24T01:00:00.000Z"
      ],
      clockNotes: [
        {
          at: "2027-03-28T01:00:00.000Z",
          kind: "runs_after_gap",
          local: "02:00"
        },
        {
          at: "2027-10-31T01:00:00.000Z",
          kind: "runs_once",
          local: "02:00"
        }
      ],
      asOf: "2026-11-22T01:12:23.148Z"
    }
  },
  getAuditEvent: {
    params: {
      id: "01a200cf-b1e5-76c5-a364-e07a1099c87e"
    },
    response: {
      id: "01a200cf-b1e5-76c5-a364-e07a1099c87e",
      occurredAt: "2026-11-22T01:12:21.250419Z",
      action: "mark_deploy",
      eventType: "deploy.marked",
      outcome: "succeeded",
      actor: {
        id: "ops-demo",
        type: "user",
        label: "ops-demo"
      },
      subject: {
        type: "deploy",
        id: "shop 481"
      },
      reason: "new mail templates",
      before: {},
      after: {
        at: "2026-11-22T01:12:21.221Z",
        version: "shop 481"
      },
      source: "api",
      requestId: "56fdf2bd-d1d0-4eea-a801-793e4de7a059",
      metadata: {
        result: {
          deployId: "01a200cf-b1e5-79b1-b36d-b18c5d35abde"
        },
        resource: {
          id: "shop 481",
          type: "deploy"
        }
      }
    }
  },
  countAuditEvents: {
    response: {
      periods: [
        {
          from: "2026-11-22T00:12:23.165Z",
          to: "2026-11-22T01:12:23.165Z",
          events: 24,
          more: false
        }
      ],
      asOf: "2026-11-22T01:12:23.166Z"
    }
  },
  getQueue: {
    params: {
      name: "order_mail"
    },
    response: {
      name: "order_mail",
      status: "needs_review",
      diagnosis: "incident",
      cause: "40 jobs failed for good and still in the engine",
      since: "2026-11-22T01:10:29.135Z",
      incident: {
        id: "01a200ce-2053-7e65-9580-33e5b953eefb",
        title: "order_mail failed for good"
      },
      age: "fresh",
      quiet: false,
      depth: [
        {
          how: "exact",
          count: 0,
          state: "scheduled"
        },
        {
          how: "exact",
          count: 85,
          state: "available"
        }
      ],
      oldestAvailableAt: "2026-11-22T01:10:18.602Z",
      due: {
        count: 149,
        how: "exact"
      },
      oldestDueAt: "2026-11-22T01:10:18.602Z",
      paused: null,
      executors: 1,
      attendance: {
        healthy: 1,
        late: 0,
        missing: 0,
        slots: 2,
        used: 2
      },
      limit: 2,
      finishedPerMinute: 31,
      failedPerMinute: 95.5,
      lately: {
        startedPerMinute: 83,
        failedPerMinute: 78.33333333333333,
        usualFailedPerMinute: null,
        failing: true,
        waitP95Seconds: 119.27551732091065
      },
      waitP95Seconds: 64.4982735,
      operations: {
        pause_queue: {
          allowed: true
        },
        resume_queue: {
          allowed: false,
          reason: "The queue is not paused."
        }
      },
      asOf: "2026-11-22T01:12:22.778Z",
      headline: "40 jobs of order_mail have failed for good within the last day and will not be retried, the latest at 01:12:18 UTC.",
      ruledOut: [
        "a pause",
        "missing executors (1 seen)"
      ],
      drainMinutes: null,
      chart: {
        from: "2026-11-22T00:12:00.000Z",
        to: "2026-11-22T01:12:00.000Z",
        stepSeconds: 60,
        steps: [
          {
            at: "2026-11-22T01:10:00.000Z",
            failedPerMinute: 104.40350795786739,
            discardedPerMinute: 27.840935455431303,
            waiting: 121,
            due: 121,
            executing: 1,
            oldestDueSeconds: 39.9,
            waitP95Seconds: 38.83268592375563,
            runP50Seconds: 0.4016699663719002,
            runP95Seconds: 0.41552065486748296,
            finishedPerMinute: 27.840935455431303,
            startedPerMinute: 111.36374182172521
          },
          {
            at: "2026-11-22T01:11:00.000Z",
            failedPerMinute: 112.90270252733349,
            discardedPerMinute: 40.87856470817247,
            waiting: 84,
            due: 146,
            executing: 0,
            oldestDueSeconds: 101.295,
            waitP95Seconds: 98.12826328199516,
            runP50Seconds: 0.406098417795658,
            runP95Seconds: 0.5050679529955185,
            finishedPerMinute: 40.87856470817247,
            startedPerMinute: 118.74249748564384
          }
        ]
      },
      oldest: [
        {
          id: "05730752-5f4e-4063-b397-f6fec95d05c8",
          dueAt: "2026-11-22T01:10:18.602Z"
        },
        {
          id: "6f17c019-c4b6-4bc9-959e-71b2dd04d3a4",
          dueAt: "2026-11-22T01:10:18.609Z"
        }
      ],
      running: {
        asOf: "2026-11-22T01:12:18.691Z",
        jobs: []
      },
      hostLines: {
        stop: "await boss.offWork(\"order_mail\")",
        attend: "await boss.work(\"order_mail\", handler)"
      },
      fedBy: {
        entries: [],
        looked: {
          jobs: 85,
          all: true
        }
      }
    }
  },
  getIncident: {
    params: {
      id: "01a200cd-f8be-7630-9ec9-922f576aaa0b"
    },
    response: {
      id: "01a200cd-f8be-7630-9ec9-922f576aaa0b",
      class: "stuck_queue",
      status: "blocked",
      state: "open",
      scope: {
        queue: "report"
      },
      title: "report is stuck",
      headline: "84 jobs are due in report, the oldest for 3 h 3 min, and no job has started or ended in the 3 minutes of the last hour that were measured.",
      measured: [
        {
          label: "84 jobs due, the oldest for 3 h 3 min",
          note: "measured"
        },
        {
          label: "No job started or ended in the 3 minutes of the last hour that were measured",
          note: "threshold 2 min"
        }
      ],
      ruledOut: [
        {
          label: "Paused: the queue is not",
          note: "measured"
        },
        {
          label: "Failing jobs: none failed in the last 10 min",
          note: "measured"
        }
      ],
      facts: [
        {
          label: "Due",
          value: "84 jobs"
        },
        {
          label: "Oldest",
          value: "3 h 3 min"
        }
      ],
      affected: {
        jobs: {
          count: 84,
          how: "exact"
        },
        queues: [
          "report"
        ],
        executors: null
      },
      explains: [],
      explainedBy: null,
      operations: {
        acknowledge_incident: {
          allowed: true
        },
        unacknowledge_incident: {
          allowed: false,
          reason: "It is not acknowledged; expected an acknowledged one."
        }
      },
      cause: null,
      since: "2026-11-21T22:09:18.204Z",
      openedAt: "2026-11-22T01:10:38.322Z",
      lastSeenAt: "2026-11-22T01:12:19.425Z",
      resolvedAt: null,
      reopened: 0,
      flappingSince: null,
      acknowledged: null,
      assignee: null,
      silenced: null,
      asOf: "2026-11-22T01:12:19.425Z",
      repairs: [
        {
          action: "cancel_job",
          primary: false,
          label: "Cancel 84 jobs",
          selection: {
            filter: {
              incident: "01a200cd-f8be-7630-9ec9-922f576aaa0b"
            }
          },
          caution: "Only if they are no longer wanted.",
          allowed: true
        }
      ],
      chart: {
        from: "2026-11-21T19:10:00.000Z",
        to: "2026-11-22T01:10:00.000Z",
        stepSeconds: 300,
        marks: [
          {
            at: "2026-11-21T22:10:17.915Z",
            kind: "deploy",
            label: "v411"
          },
          {
            at: "2026-11-22T01:10:18.144Z",
            kind: "deploy",
            label: "v412"
          }
        ],
        label: "Jobs waiting",
        kind: "line",
        unit: "jobs",
        points: []
      },
      watch: {
        state: "fresh",
        lookedAt: "2026-11-22T01:12:21.186Z",
        sources: [
          {
            name: "cron",
            asOf: "2026-11-22T01:12:21.186Z",
            state: "fresh"
          },
          {
            name: "bursts",
            asOf: null,
            state: "unknown"
          }
        ]
      }
    }
  },
  getErrorGroup: {
    params: {
      fingerprint: "e1:83c01c1dd0ffa9ad"
    },
    response: {
      state: "new",
      status: "unresolved",
      resolved: null,
      regressedAt: null,
      silenced: null,
      fingerprint: "e1:83c01c1dd0ffa9ad",
      title: "connect ETIMEDOUT <ip>:<int> (smtp-eu-2)",
      errorClass: "Error",
      grouping: "default",
      queue: "order_mail",
      worker: "order_mail",
      firstSeenAt: "2026-11-22T01:10:19.111Z",
      lastSeenAt: "2026-11-22T01:12:21.868Z",
      total: 234,
      count: 234,
      final: 98,
      perMinute: 39.6,
      histogram: {
        from: "2026-11-22T00:12:00.000Z",
        stepSeconds: 60,
        counts: [
          null,
          null
        ]
      },
      burst: null,
      versions: [
        "v412"
      ],
      operations: {
        resolve_error_group: {
          allowed: true
        },
        reopen_error_group: {
          allowed: false,
          reason: "It is not resolved; expected a resolved one."
        }
      },
      sample: "connect ETIMEDOUT 10.1.7.23:587 (smtp-eu-2)",
      stack: [
        {
          text: "at connectToMailServer (file:///srv/shop/demo-host/trouble/mail-server.ts:10:9)",
          ofHost: true
        },
        {
          text: "at run (file:///srv/shop/demo-host/jobs/order-mail.ts:12:5)",
          ofHost: true
        }
      ],
      examples: [
        {
          jobId: "5b02b2fb-5511-403f-a39a-cae16e15e173",
          at: "2026-11-22T01:12:21.868Z",
          attempt: 5,
          final: true
        },
        {
          jobId: "0063d100-e6b5-4413-b078-4a3c622aeaf4",
          at: "2026-11-22T01:12:21.720Z",
          attempt: 5,
          final: true,
          executor: "shop-1:22809",
          version: "v412"
        }
      ],
      shares: {
        executors: [
          {
            name: "shop-1:22809",
            count: 209
          }
        ],
        versions: [
          {
            name: "v412",
            count: 209
          }
        ]
      },
      asOf: "2026-11-22T01:12:23.271Z"
    }
  },
  getExecutor: {
    params: {
      id: "0eb06b06-f38a-4ab8-b637-cf6725cd1f73"
    },
    response: {
      id: "0eb06b06-f38a-4ab8-b637-cf6725cd1f73",
      name: "shop-1:22809",
      host: "shop-1",
      pid: 22809,
      version: "v412",
      source: "companion",
      health: "healthy",
      startedAt: "2026-11-22T01:10:17.475Z",
      beatAt: "2026-11-22T01:12:20.557Z",
      endedAt: null,
      lateAt: null,
      missingAt: null,
      queues: [
        {
          name: "catalogue_print",
          slots: 1,
          used: 1,
          paused: false,
          limit: null,
          donePerMinute: 0,
          failedPerMinute: 0
        },
        {
          name: "cleanup_carts",
          slots: 1,
          used: 0,
          paused: false,
          limit: null,
          donePerMinute: 0.9929575747713351,
          failedPerMinute: 0
        }
      ],
      slots: 15,
      held: 4,
      oldestHeldAt: "2026-11-22T01:10:18.746Z",
      donePerMinute: 4.964787873856675,
      failedPerMinute: 122.13378169687421,
      jobs: [
        {
          id: "96e649ec-6128-4250-bd4a-f091783f5d99",
          queue: "catalogue_print",
          attempt: 1,
          maxAttempts: 5,
          startedAt: "2026-11-22T01:10:18.746Z",
          state: "executing",
          usualSeconds: null
        },
        {
          id: "f5e6250f-2c98-4859-b755-ea3ee132522e",
          queue: "product_photo",
          attempt: 1,
          maxAttempts: 3,
          startedAt: "2026-11-22T01:10:43.980Z",
          state: "executing",
          usualSeconds: 2.0736
        }
      ],
      gaps: [],
      asOf: "2026-11-22T01:12:23.312Z"
    }
  },
  getForensics: {
    params: {
      subjectType: "cron_entry",
      subjectId: "nightly_sync"
    },
    response: {
      subject: {
        type: "cron_entry",
        id: "nightly_sync",
        label: "nightly_sync",
        href: "/ops/jobs/cron?entry=nightly_sync"
      },
      diagnosis: {
        status: "runnable",
        title: "Runs as scheduled.",
        detail: "No slot was due in this window.",
        provenance: "durable"
      },
      completeness: {
        state: "complete",
        reasons: [
          "A scheduler is on record for the whole window, and the audit log has everything that was done here."
        ],
        gaps: []
      },
      window: {
        from: "2026-11-22T01:10:17.876Z",
        to: "2026-11-22T01:12:23.343Z"
      },
      chronology: [
        {
          id: "01a200cf-b1e5-79b1-b36d-b18c5d35abde",
          at: "2026-11-22T01:12:21.221Z",
          label: "shop 481 was deployed",
          detail: "new mail templates",
          source: "deploy",
          provenance: "supporting",
          actor: {
            id: "ops-demo",
            type: "user",
            label: "ops-demo"
          },
          ref: {
            type: "deploy",
            id: "shop 481",
            href: "/ops/jobs/audit?subjectType=deploy&subjectId=shop%20481"
          }
        },
        {
          id: "01a200cf-b1b6-7fcd-8cc8-0ba71716cd87",
          at: "2026-11-22T01:12:21.180322Z",
          label: "ops-demo resumed the entry",
          detail: "maintenance is over",
          source: "audit",
          provenance: "durable",
          actor: {
            id: "ops-demo",
            type: "user",
            label: "ops-demo"
          },
          outcome: "succeeded",
          ref: {
            type: "audit_event",
            id: "01a200cf-b1b6-7fcd-8cc8-0ba71716cd87",
            href: "/ops/jobs/forensics/audit_event/01a200cf-b1b6-7fcd-8cc8-0ba71716cd87"
          }
        }
      ],
      timeline: {
        from: "2026-11-01T01:12:23.343Z",
        to: "2026-11-23T05:12:23.343Z",
        now: "2026-11-22T01:12:23.343Z",
        range: "21d",
        lanes: [
          {
            key: "slots",
            label: "Slots",
            line: false,
            marks: [
              {
                at: "2026-11-22T02:00:00.000Z",
                mark: "coming",
                label: "Coming"
              },
              {
                at: "2026-11-23T02:00:00.000Z",
                mark: "coming",
                label: "Coming"
              }
            ],
            gaps: []
          },
          {
            key: "scheduler",
            label: "Scheduler",
            line: true,
            marks: [],
            gaps: [],
            from: "2026-11-22T01:10:17.876Z"
          }
        ]
      },
      withheld: [],
      linkedResources: [
        {
          type: "queue",
          id: "nightly_sync",
          label: "queue nightly_sync",
          href: "/ops/jobs/forensics/queue/nightly_sync"
        }
      ],
      nextPaths: [
        {
          order: 1,
          ownership: "powertools_native",
          ownershipLabel: "Powertools-native",
          posture: "Audited action",
          label: "Pause entry: nightly_sync",
          detail: "Future claims stop until resumed; a run that is executing now continues.",
          operation: {
            action: "pause_cron_entry",
            subject: {
              type: "cron_entry",
              id: "nightly_sync"
            },
            allowed: true
          }
        },
        {
          order: 2,
          ownership: "powertools_native",
          ownershipLabel: "Powertools-native",
          posture: "Audited action",
          label: "Run now: nightly_sync",
          detail: "Creates one job now, recorded as a manual run.",
          operation: {
            action: "run_cron_entry",
            subject: {
              type: "cron_entry",
              id: "nightly_sync"
            },
            allowed: true
          }
        }
      ],
      runbook: {
        title: "A cron entry",
        whyNow: "Runs as scheduled.",
        prerequisites: [
          {
            label: "The evidence covers the whole window",
            met: true
          },
          {
            label: "You may act on this entry",
            met: true
          }
        ],
        steps: [
          {
            ownership: "powertools_native",
            ownershipLabel: "Powertools-native",
            text: "Compare the slots with what you expect."
          },
          {
            ownership: "powertools_native",
            ownershipLabel: "Powertools-native",
            text: "Pause it if it must not run for a while, and set when it resumes."
          }
        ],
        cautions: [
          "Two events close together do not prove that one caused the other."
        ],
        unsupported: [],
        host: {
          title: "From this host",
          blocks: [
            {
              type: "paragraph",
              spans: [
                {
                  text: "Ask finance before you resume "
                },
                {
                  text: "ledger_close",
                  code: true
                }
              ]
            }
          ],
          links: []
        }
      },
      asOf: "2026-11-22T01:12:23.343Z"
    }
  },
  listChronology: {
    params: {
      subjectType: "cron_entry",
      subjectId: "nightly_sync"
    },
    response: {
      items: [
        {
          id: "01a200cf-b1e5-79b1-b36d-b18c5d35abde",
          at: "2026-11-22T01:12:21.221Z",
          label: "shop 481 was deployed",
          detail: "new mail templates",
          source: "deploy",
          provenance: "supporting",
          actor: {
            id: "ops-demo",
            type: "user",
            label: "ops-demo"
          },
          ref: {
            type: "deploy",
            id: "shop 481",
            href: "/ops/jobs/audit?subjectType=deploy&subjectId=shop%20481"
          }
        },
        {
          id: "01a200cf-b1b6-7fcd-8cc8-0ba71716cd87",
          at: "2026-11-22T01:12:21.180322Z",
          label: "ops-demo resumed the entry",
          detail: "maintenance is over",
          source: "audit",
          provenance: "durable",
          actor: {
            id: "ops-demo",
            type: "user",
            label: "ops-demo"
          },
          outcome: "succeeded",
          ref: {
            type: "audit_event",
            id: "01a200cf-b1b6-7fcd-8cc8-0ba71716cd87",
            href: "/ops/jobs/forensics/audit_event/01a200cf-b1b6-7fcd-8cc8-0ba71716cd87"
          }
        }
      ],
      asOf: "2026-11-22T01:12:23.539Z"
    }
  },
  exportAuditEvents: {
    response: {
      "text/csv": "id,occurredAt,action,eventType,outcome,code,actorId,actorType,actorLabel,subjectType,subjectId,reason,before,after,source,requestId,previewId,bulkId,metadata\r\n01a200cf-b1e5-76c5-a364-e07a1099c87e,2026-11-22T01:12:21.250419Z,mark_deploy,deploy.marked,succeeded,,ops-demo,user,ops-demo,deploy,shop 481,new mail templates,{},\"{\"\"at\"\":\"\"2026-11-22T01:12:21.221Z\"\",\"\"version\"\":\"\"shop 481\"\"}\",api,56fdf2bd-d1d0-4eea-a801-793e4de7a059,,,\"{\"\"result\"\":{\"\"deployId\"\":\"\"01a200cf-b1e5-79b1-b36d-b18c5d35abde\"\"},\"\"resource\"\":{\"\"id\"\":\"\"shop 481\"\",\"\"type\"\":\"\"deploy\"\"}}\"\r\n01a200cf-b1b6-7fcd-8cc8-0ba71716cd87,2026-1",
      "application/x-ndjson": "{\"id\":\"01a200cf-bb7c-723e-8c53-1fc579819a23\",\"occurredAt\":\"2026-11-22T01:12:23.678516Z\",\"action\":\"export_audit_events\",\"eventType\":\"audit.exported\",\"outcome\":\"succeeded\",\"actor\":{\"id\":\"ops-demo\",\"type\":\"user\",\"label\":\"ops-demo\"},\"subject\":{\"type\":\"audit_log\",\"id\":\"csv\"},\"source\":\"api\",\"requestId\":\"1b21b865-e8f7-46b4-8309-73af1cf1b82c\",\"metadata\":{\"filters\":{}}}\n{\"id\":\"01a200cf-b1e5-76c5-a364-e07a1099c87e\",\"occurredAt\":\"2026-11-22T01:12:21.250419Z\",\"action\":\"mark_deploy\",\"eventType\":\"deploy.marked\",\"outcome\":\"succeeded\",\"actor\":{\"id\":\"ops-demo\",\"type\":\"user\",\"label\":\"ops-demo\"},\"subject\":{\"type"
    }
  },
  exportJobs: {
    response: {
      "text/csv": "id,queue,worker,state,engineState,attempt,maxAttempts,priority,createdAt,dueAt,startedAt,finishedAt,executor,tags,args,error\r\nc480213d-76ca-492c-b471-4f4d256523a5,order_mail,,available,created,0,3,0,2026-11-22T01:12:18.263Z,2026-11-22T01:12:18.263Z,,,,[],\"{\"\"to\"\":\"\"shopper496@gmial.invalid\"\",\"\"order\"\":1046}\",\r\n6e1343e4-2335-4532-ab6a-569e201baa3f,payment_webhook,,completed,completed,1,3,0,2026-11-22T01:12:18.230Z,2026-11-22T01:12:18.230Z,2026-11-22T01:12:19.436Z,2026-11-22T01:12:20.021Z,,[],\"{\"\"order\"\":1046}\",\r",
      "application/x-ndjson": "{\"id\":\"c480213d-76ca-492c-b471-4f4d256523a5\",\"queue\":\"order_mail\",\"state\":\"available\",\"engineState\":\"created\",\"version\":\"created:0:1795309938.263235:0:0\",\"attempt\":0,\"maxAttempts\":3,\"priority\":0,\"tags\":[],\"args\":{\"to\":\"shopper496@gmial.invalid\",\"order\":1046},\"createdAt\":\"2026-11-22T01:12:18.263Z\",\"dueAt\":\"2026-11-22T01:12:18.263Z\"}\n{\"id\":\"6e1343e4-2335-4532-ab6a-569e201baa3f\",\"queue\":\"payment_webhook\",\"state\":\"completed\",\"engineState\":\"completed\",\"version\":\"completed:0:1795309938.23008:1795309939.436644:1795309940.021915\",\"attempt\":1,\"maxAttempts\":3,\"priority\":0,\"tags\":[],\"args\":{\"order\":1046}"
    }
  },
  exportBulkItems: {
    params: {
      id: "01a200cf-ae28-71f9-9a23-8b56e8d68f83"
    },
    response: {
      "text/csv": "id,queue,state,outcome,detail\r\n0063d100-e6b5-4413-b078-4a3c622aeaf4,order_mail,discarded,done,\r\n5b02b2fb-5511-403f-a39a-cae16e15e173,order_mail,discarded,done,\r",
      "application/x-ndjson": "{\"id\":\"0063d100-e6b5-4413-b078-4a3c622aeaf4\",\"queue\":\"order_mail\",\"state\":\"discarded\",\"outcome\":\"done\"}\n{\"id\":\"5b02b2fb-5511-403f-a39a-cae16e15e173\",\"queue\":\"order_mail\",\"state\":\"discarded\",\"outcome\":\"done\"}\n{\"id\":\"6a6ae502-1cc0-4fab-820d-528cbeec571c\",\"queue\":\"order_mail\",\"state\":\"discarded\",\"outcome\":\"done\"}"
    }
  },
  exportForensics: {
    params: {
      subjectType: "cron_entry",
      subjectId: "nightly_sync"
    },
    response: {
      "application/json": "{\n  \"subject\": {\n    \"type\": \"cron_entry\",",
      "text/markdown": "# nightly\\_sync\n\n**Runnable**: Runs as scheduled\\."
    }
  },
  getMetrics: {
    response: {
      "text/plain": "{\"type\":\"urn:ops-powertools:problem:not_found\",\"title\":\"Not found\",\"status\":404,\"code\":\"not_found\",\"detail\":\"Metrics are not offered here; the host turns them on with the option metrics.prometheus.\",\"requestId\":\"ffc3be5b-3bfa-483e-8dd9-729ffedbb172\"}"
    }
  },
  abortBulkRun: {
    params: {
      id: "01a200cf-ae28-71f9-9a23-8b56e8d68f83"
    },
    response: {
      id: "01a200cf-ae28-71f9-9a23-8b56e8d68f83",
      action: "retry_job",
      status: "aborted",
      actor: {
        id: "ops-demo",
        type: "user",
        label: "ops-demo"
      },
      reason: "upstream is back",
      total: 43,
      eligible: 43,
      notEligible: {},
      outcomes: {
        done: 43
      },
      createdAt: "2026-11-22T01:12:20.273816Z",
      startedAt: "2026-11-22T01:12:20.435000Z",
      finishedAt: "2026-11-22T01:12:20.767000Z",
      chosen: {
        filter: {
          state: "discarded"
        }
      },
      asOf: "2026-11-22T01:12:20.869Z",
      abortedBy: {
        id: "ops-demo",
        type: "user",
        label: "ops-demo"
      }
    }
  },
  streamLive: {
    response: {
      "text/event-stream": "id: 8f1c-42\nevent: hint\ndata: {\"topic\":\"cron\",\"subject\":{\"type\":\"cron_entry\",\"id\":\"nightly_sync\"}}\n\n"
    }
  },
  getOpenapi: {
    response: {
      openapi: "3.1.0",
      info: {
        title: "Ops Powertools"
      }
    }
  }
}
