/** Made of the OpenAPI document by `BLESS=1 FILTER=api-schema npm test`. Not to be edited. */
export interface paths {
    "/api/v1/flows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List flows, with what they do */
        get: operations["listFlows"];
        put?: never;
        /** Create a flow with a first draft */
        post: operations["createFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One flow */
        get: operations["getFlow"];
        put?: never;
        post?: never;
        /**
         * Delete a flow, its versions and its state
         * @description Refused while it runs or is paused: stop it first.
         */
        delete: operations["removeFlow"];
        options?: never;
        head?: never;
        /**
         * Change settings of a flow
         * @description Settings hold from the next start or deploy.
         */
        patch: operations["changeFlow"];
        trace?: never;
    };
    "/api/v1/flows/{flow}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The draft */
        get: operations["getDraft"];
        /**
         * Save the draft
         * @description With `If-Match`: refused when somebody else has saved since. Without it the answer is 428.
         */
        put: operations["saveDraft"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/draft/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check the draft, or a document in the body */
        post: operations["checkDraft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Versions of a flow, newest first */
        get: operations["listVersions"];
        put?: never;
        /**
         * Make a version of the draft
         * @description Every node is pinned. A draft with errors is refused with its diagnostics.
         */
        post: operations["createVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One version */
        get: operations["getVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/draft/revert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make the draft what a version was */
        post: operations["revertDraft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What differs between two versions */
        get: operations["diffFlow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/clone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new flow with this one’s draft */
        post: operations["cloneFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Export a version as a bundle: flow, tests, nodes */
        get: operations["exportFlow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import a bundle, or a fused flow.wasm
         * @description A fused flow gives its graph back; its nodes must be in the library. With `flow`, that flow’s draft is replaced; else a new flow is made.
         */
        post: operations["importFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a draft on messages; nothing reaches a sink */
        post: operations["tryFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run the golden tests of the draft or of a version */
        post: operations["testFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/deploys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deploy a version
         * @description Without `version` a version is made of the draft first, unless it is what the latest version is. Answers at once; follow the job at `/api/v1/deploys/{deploy}` or its events.
         */
        post: operations["deployFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deploy the version before the one that runs, or a given one */
        post: operations["rollbackFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a deploy would do to the state of each node */
        post: operations["planDeploy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start the deployed version */
        post: operations["startFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop: handle what is in hand, keep the state */
        post: operations["stopFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set the flow aside; its input waits as the overload policy says */
        post: operations["pauseFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a pause or a quarantine */
        post: operations["resumeFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deploys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deploys, newest first */
        get: operations["listDeploys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deploys/{deploy}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One deploy */
        get: operations["getDeploy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deploys/{deploy}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One deploy, live, until it ends */
        get: operations["deployEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/artifact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The fused module that runs */
        get: operations["getArtifact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the node files of the library */
        get: operations["listNodes"];
        put?: never;
        /**
         * Upload a node
         * @description The body is the .wasm file. A module without a manifest gets the one in the multipart field `manifest` (fields `file`, `manifest`).
         */
        post: operations["uploadNode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One node file: manifest, and who pins it */
        get: operations["getNode"];
        put?: never;
        post?: never;
        /**
         * Delete a node
         * @description Refused while a version of a flow pins it; the problem names them.
         */
        delete: operations["removeNode"];
        options?: never;
        head?: never;
        /** Deprecate a node, or take that back */
        patch: operations["deprecateNode"];
        trace?: never;
    };
    "/api/v1/nodes/{hash}/wasm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download a node file */
        get: operations["downloadNode"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The gateway and all its flows, now */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One flow now: nodes, wires, sinks */
        get: operations["getFlowLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Live data as server-sent events
         * @description Coalesced: however much happens, at most 10 events of a kind come in a second.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Follow the next records of a tag through the graph
         * @description Answers when so many came, or the time is over.
         */
        post: operations["traceFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tags seen lately */
        get: operations["listTags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Some tags by their names
         * @description In the order of the names. Those that were not seen lately are left out.
         */
        post: operations["readTags"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drivers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Drivers that are connected */
        get: operations["listDrivers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Last lines of the log, oldest first */
        get: operations["listLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Dead letters of a flow, newest first */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/dead-letters/{letter}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One dead letter with its message */
        get: operations["getDeadLetter"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/dead-letters/{letter}/message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The whole message of a dead letter */
        get: operations["getDeadLetterMessage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/dead-letters.jsonl": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All dead letters, one JSON object a line, messages as base64 */
        get: operations["exportDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/dead-letters/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hand messages to their nodes again */
        post: operations["retryDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/dead-letters/drop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Delete dead letters */
        post: operations["dropDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Recordings of a flow, newest first */
        get: operations["listRecordings"];
        put?: never;
        /** Record the last moments of a flow */
        post: operations["makeRecording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{flow}/recordings/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download a recording; look into it with `fusewire replay` */
        get: operations["getRecording"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who I am */
        get: operations["getSession"];
        put?: never;
        /** Log in; sets a cookie */
        post: operations["login"];
        /** Log out */
        delete: operations["logout"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the first admin and log in
         * @description The token stands in the log of a gateway that asks for logins and has no user.
         */
        post: operations["setup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change my password */
        put: operations["changeOwnPassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List users */
        get: operations["listUsers"];
        put?: never;
        /** Create a user */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a user, its sessions and tokens */
        delete: operations["removeUser"];
        options?: never;
        head?: never;
        /** Change role, password, or disable */
        patch: operations["changeUser"];
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My tokens; all of them for an admin */
        get: operations["listTokens"];
        put?: never;
        /** Make an API token; it is shown this once */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a token */
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who changed what, newest first */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Names of secrets; never their values */
        get: operations["listSecrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set a secret, for the props of sinks to name */
        put: operations["putSecret"];
        post?: never;
        /** Delete a secret */
        delete: operations["removeSecret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets/rotate-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Encrypt all secrets again, with a new key
         * @description The new key takes the place of the key file. Backups made before need the old one: keep it with them.
         */
        post: operations["rotateSecretsKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process lives */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything runs that should */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics as Prometheus text */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document for people */
        get: operations["docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Flow: {
            id: components["schemas"]["FlowId"];
            name: string;
            /** @enum {string} */
            state: "starting" | "running" | "paused" | "quarantined" | "down" | "stopped";
            /** @description Why it does not run though it should. */
            problem: string | null;
            /** @enum {string} */
            desired: "running" | "paused" | "stopped";
            deployed_version: number | null;
            latest_version: number | null;
            /** @description The draft is not what the latest version is. */
            draft_differs: boolean;
            settings: components["schemas"]["FlowSettings"];
            created_by: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            created_at: string;
        };
        /** @description Chosen when the flow is created; never changes. */
        FlowId: string;
        FlowSettings: {
            /**
             * @description What becomes of input that the flow does not take: see docs/operate.md.
             * @enum {string}
             */
            overload: "hold" | "spill" | "drop";
            /** @description Golden tests must pass before each deploy. */
            test_before_deploy: boolean;
            /** @description A new version that keeps failing within this time is rolled back. */
            probation_ms: number;
        };
        /** @description RFC 9457 problem details. */
        Problem: {
            /** @description Where the code is explained. */
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @description One of docs/errors.md. */
            code: string;
            where?: string;
            diagnostics?: components["schemas"]["Diagnostic"][];
        };
        /** @description What a user did wrong, where, and what to do about it. */
        Diagnostic: {
            code: string;
            /** @enum {string} */
            severity: "error" | "warning";
            message: string;
            /** @description JSON path into the document. */
            where: string;
            hint: string;
        };
        GoldenTest: {
            name: string;
            /** @description YAML, see docs/testing-flows.md. */
            text: string;
        };
        Draft: {
            /** @description See docs/flow.md; it may be unfinished. */
            document: unknown;
            tests: components["schemas"]["GoldenTest"][];
            /** @description Also the ETag. */
            revision: number;
            updated_by: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            updated_at: string;
        };
        CheckReport: {
            ok: boolean;
            diagnostics: components["schemas"]["Diagnostic"][];
        };
        VersionHead: {
            number: number;
            /** @description Of the canonical document with every node pinned. */
            hash: string;
            message: string;
            author: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            created_at: string;
            deployed: boolean;
        };
        Version: {
            number: number;
            /** @description Of the canonical document with every node pinned. */
            hash: string;
            message: string;
            author: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            created_at: string;
            deployed: boolean;
            document: unknown;
            tests: components["schemas"]["GoldenTest"][];
        };
        FlowDiff: {
            nodes_added: string[];
            nodes_removed: string[];
            nodes_changed: {
                id: string;
                changes: {
                    path: string;
                    from?: unknown;
                    to?: unknown;
                }[];
            }[];
            wires_added: string[];
            wires_removed: string[];
            document_changed: {
                path: string;
                from?: unknown;
                to?: unknown;
            }[];
            nodes_reordered: boolean;
            /** @description Messages of one output leave in the order of its wires. */
            wires_reordered: boolean;
            layout_changed: boolean;
            /** @description Both make the same fused module. */
            same: boolean;
        };
        Imported: {
            flow: components["schemas"]["Flow"];
            nodes_added: components["schemas"]["Sha256"][];
            diagnostics: components["schemas"]["Diagnostic"][];
        };
        /** @description sha256 in lower-case hex. */
        Sha256: string;
        TryReport: {
            ok: boolean;
            diagnostics: components["schemas"]["Diagnostic"][];
            fused: boolean;
            records: components["schemas"]["TracedRecord"][];
            /** @description By `node.port`; a sink by its node. */
            outputs: {
                [key: string]: components["schemas"]["Payload"][];
            };
            logs: {
                node: string;
                level: string;
                text: string;
            }[];
            dead_letters: {
                node: string;
                reason: string;
                record: number;
            }[];
        };
        TracedRecord: {
            /** @description Number of the record in the flow. */
            record: number;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            time: string;
            timestamp_us: number;
            /** @description In the order in which they happened. */
            hops: components["schemas"]["Hop"][];
            truncated: boolean;
            error: string | null;
        };
        Hop: {
            /** @description null: what came in. */
            node: string | null;
            /** @description The output it left by; `sink` for what a sink gave to its connector; the input, when it was refused. */
            port: string;
            payload: components["schemas"]["Payload"];
            /** @description The node gave an error: the payload is the reason. */
            refused: boolean;
        };
        Payload: {
            /** @description Of the whole message. */
            bytes: number;
            /** @description TagUpdate, JSON or text, as far as it was kept; else hex. */
            text: string;
            /** @description The first bytes. */
            base64: string;
            /** @description The TagUpdate that it is, if it is one. */
            update: {
                tag: string;
                kind: string;
                /** @description 64-bit integers and NaN as strings, bytes as base64. */
                value: string | number | boolean;
                quality: number;
                /** @description µs since the epoch. */
                timestamp: number;
                unit: string;
                seq: string | number;
            } | null;
        };
        TryMessage: {
            tag: string;
            value: string | number | boolean;
            /** @enum {string} */
            kind?: "bool" | "int32" | "uint32" | "float" | "double" | "string" | "bytes" | "int64" | "uint64";
            /** @description µs since the epoch. */
            timestamp?: number;
            quality?: number;
            unit?: string;
            seq?: number;
        } | {
            base64: string;
        };
        TestReport: {
            passed: number;
            failed: number;
            tests: {
                name: string;
                passed: boolean;
                failures: {
                    where: string;
                    message: string;
                    expected?: unknown;
                    actual?: unknown;
                }[];
                diagnostics: components["schemas"]["Diagnostic"][];
            }[];
        };
        Deploy: {
            id: string;
            flow: components["schemas"]["FlowId"];
            version: number | null;
            /** @enum {string} */
            kind: "deploy" | "rollback" | "start" | "stop" | "pause" | "resume";
            /** @enum {string} */
            state: "queued" | "running" | "done" | "failed";
            /**
             * @description The one it is in, or failed in.
             * @enum {string|null}
             */
            stage: "check" | "collect" | "adapt" | "merge" | "optimise" | "load" | "take-over" | null;
            stages: {
                /** @enum {string} */
                stage: "check" | "collect" | "adapt" | "merge" | "optimise" | "load" | "take-over";
                /** @description null: not over. */
                ms: number | null;
            }[];
            by: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            started_at: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            ended_at: string | null;
            receipt: components["schemas"]["FusionReceipt"];
            /** @description The state plan, as it was done. */
            nodes: components["schemas"]["NodeFate"][];
            /** @description For how long no record was handled while it took over. */
            pause_ms: number | null;
            diagnostics: components["schemas"]["Diagnostic"][];
            error: {
                code: string;
                message: string;
            } | null;
        };
        FusionReceipt: {
            modules_in: number;
            instances: number;
            bytes_in: number;
            bytes_out: number;
            boundary_calls_removed: number;
            ms: number;
            /** @description The fused module was there already. */
            cached: boolean;
        } | null;
        NodeFate: {
            node: string;
            /** @enum {string} */
            fate: "kept" | "migrated" | "new" | "dropped";
            reason: string;
        };
        StatePlan: {
            nodes: components["schemas"]["NodeFate"][];
            diagnostics: components["schemas"]["Diagnostic"][];
        };
        LibraryNode: {
            hash: components["schemas"]["Sha256"];
            node_type: string;
            /** @description Semantic version. */
            version: string;
            title: string;
            description: string;
            category: string;
            /** @enum {string} */
            origin: "built-in" | "upload";
            bytes: number;
            deprecated: boolean;
            deprecation_note: string;
            /** @description What a flow gets that does not pin a hash. */
            default: boolean;
            added_by: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            added_at: string;
            /** @description With `manifests=true`. See docs/nodes.md. */
            manifest?: unknown;
        };
        NodeUpload: {
            node: components["schemas"]["LibraryNodeFull"];
            /** @description false: the library had it already, or it was looked at only. */
            added: boolean;
            /** @description What the file asks for, as `module.name`. */
            imports: string[];
            warnings: components["schemas"]["Diagnostic"][];
        };
        LibraryNodeFull: {
            hash: components["schemas"]["Sha256"];
            node_type: string;
            /** @description Semantic version. */
            version: string;
            title: string;
            description: string;
            category: string;
            /** @enum {string} */
            origin: "built-in" | "upload";
            bytes: number;
            deprecated: boolean;
            deprecation_note: string;
            /** @description What a flow gets that does not pin a hash. */
            default: boolean;
            added_by: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            added_at: string;
            /** @description See docs/nodes.md. */
            manifest: unknown;
            /** @description Versions of flows that hold it. */
            pinned_by: {
                flow: components["schemas"]["FlowId"];
                version: number;
                deployed: boolean;
            }[];
        };
        GatewayStatus: {
            version: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            time: string;
            uptime_s: number;
            ready: boolean;
            rss_bytes: number;
            ingest: {
                addresses: string[];
                connections: number;
                updates: number;
                /** @description A second, over the last seconds. */
                rate: number;
                /** @description Updates that no flow wanted. */
                unrouted: number;
                malformed: number;
                tags: number;
            };
            flows: components["schemas"]["FlowStatus"][];
        };
        FlowStatus: {
            id: components["schemas"]["FlowId"];
            name: string;
            /** @enum {string} */
            state: "starting" | "running" | "paused" | "quarantined" | "down" | "stopped";
            version: number | null;
            records: number;
            /** @description A second, over the last seconds. */
            rate: number;
            /** @description Messages that a node refused. */
            errors: number;
            faults: number;
            malformed: number;
            /** @description Messages that the overload policy dropped. */
            dropped: number;
            dead_letters: number;
            /** @description From the driver’s timestamp until a sink had the output, over the last 10 to 20 s; null: there was no such output. What a tick puts out has no timestamp. */
            latency_us: {
                p50: number | null;
                p99: number | null;
                p999: number | null;
            };
            /** @description 0 … 1 */
            ingress_fill: number;
            /** @description 0 … 1 */
            egress_fill: number;
            /** @description Memories of its nodes and rings. */
            memory_bytes: number;
            problem: string | null;
            /** @description The node that a quarantined flow is set aside for. */
            failing_node: string | null;
        };
        FlowLive: {
            id: components["schemas"]["FlowId"];
            name: string;
            /** @enum {string} */
            state: "starting" | "running" | "paused" | "quarantined" | "down" | "stopped";
            version: number | null;
            records: number;
            /** @description A second, over the last seconds. */
            rate: number;
            /** @description Messages that a node refused. */
            errors: number;
            faults: number;
            malformed: number;
            /** @description Messages that the overload policy dropped. */
            dropped: number;
            dead_letters: number;
            /** @description From the driver’s timestamp until a sink had the output, over the last 10 to 20 s; null: there was no such output. What a tick puts out has no timestamp. */
            latency_us: {
                p50: number | null;
                p99: number | null;
                p999: number | null;
            };
            /** @description 0 … 1 */
            ingress_fill: number;
            /** @description 0 … 1 */
            egress_fill: number;
            /** @description Memories of its nodes and rings. */
            memory_bytes: number;
            problem: string | null;
            /** @description The node that a quarantined flow is set aside for. */
            failing_node: string | null;
            nodes: components["schemas"]["NodeLive"][];
            /** @description In document order. */
            wires: components["schemas"]["WireLive"][];
            sinks: components["schemas"]["SinkLive"][];
            state_stats: {
                journal_bytes: number;
                spilled_bytes: number;
                snapshot: {
                    /**
                     * Format: date-time
                     * @description ISO 8601, UTC.
                     */
                    time: string;
                    record: number;
                    bytes: number;
                } | null;
                recordings: number;
            };
        };
        NodeLive: {
            id: string;
            node_type: string;
            /** @description Messages that it took; of a source, the records that it let in. */
            in: number;
            out: number[];
            /** @description A second, over the last seconds. */
            rate: number;
            errors: number;
            /** @description Of the fuel that the flow burns, 0 … 1. */
            cost_share: number;
            /** @description Last message of each output, sampled while somebody looks. */
            last: {
                port: string;
                /**
                 * Format: date-time
                 * @description ISO 8601, UTC.
                 */
                time: string;
                payload: components["schemas"]["Payload"];
            }[];
        };
        WireLive: {
            source_node: string;
            source_port: string;
            target_node: string;
            target_port: string;
            messages: number;
            /** @description A second, over the last seconds. */
            rate: number;
        };
        SinkLive: {
            node: string;
            kind: string;
            connected: boolean;
            delivered: number;
            /** @description Taken and not acknowledged. */
            pending: number;
            spooled_bytes: number;
            dropped: number;
            failed: number;
            last: string;
            problem: string | null;
        };
        LiveEvent: {
            /** @enum {string} */
            type: "status";
            status: components["schemas"]["GatewayStatus"];
        } | {
            /** @enum {string} */
            type: "flow";
            flow: components["schemas"]["FlowLive"];
        } | {
            /** @enum {string} */
            type: "logs";
            lines: components["schemas"]["LogLine"][];
            dropped: number;
        } | {
            /** @enum {string} */
            type: "changed";
            /** @enum {string} */
            what: "flow" | "deploy" | "node" | "dead-letters";
            /** @description null: of no flow, or of several. */
            flow: string | null;
            /** @description null: several have changed. */
            id: string | null;
        };
        LogLine: {
            seq: number;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            time: string;
            /** @enum {string} */
            level: "debug" | "info" | "warn" | "error";
            flow: components["schemas"]["FlowId"] | null;
            node: string | null;
            text: string;
        };
        Trace: {
            records: components["schemas"]["TracedRecord"][];
            complete: boolean;
        };
        Tag: {
            tag: string;
            count: number;
            /** @description A second, over the last seconds. */
            rate: number;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            last_seen: string;
            /** @description Where it came from. */
            driver: string;
            /** @description Numbers missing in what its driver sent. */
            gaps: number;
            update: components["schemas"]["Payload"] | null;
            flows: components["schemas"]["FlowId"][];
        };
        TagsRead: {
            items: components["schemas"]["Tag"][];
        };
        Drivers: {
            items: components["schemas"]["Driver"][];
        };
        Driver: {
            driver: number;
            peer: string;
            connected: boolean;
            received: number;
            /** @description A second, over the last seconds. */
            rate: number;
            gaps: number;
            resets: number;
            /** @description Flows that have no room: it is not read from. */
            held_by: components["schemas"]["FlowId"][];
        };
        LogLines: {
            items: components["schemas"]["LogLine"][];
        };
        DeadLetters: {
            items: components["schemas"]["DeadLetter"][];
            /** @description null: this is the last page. */
            next: string | null;
            /** @description Went because there were too many. */
            dropped: number;
        };
        DeadLetter: {
            id: number;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            time: string;
            /** @description error, fault or output. */
            kind: string;
            node: string;
            node_type: string;
            port: string | null;
            reason: string;
            record: number;
            path: string[];
            message_bytes: number;
        };
        DeadLetterFull: {
            id: number;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            time: string;
            /** @description error, fault or output. */
            kind: string;
            node: string;
            node_type: string;
            port: string | null;
            reason: string;
            record: number;
            path: string[];
            message_bytes: number;
            message: components["schemas"]["Payload"];
        };
        LettersDone: {
            done: number;
            problems: string[];
        };
        RecordingMade: {
            name: string;
        };
        Recordings: {
            items: {
                name: string;
                bytes: number;
                /**
                 * Format: date-time
                 * @description ISO 8601, UTC.
                 */
                time: string;
            }[];
        };
        Session: {
            user: string;
            role: components["schemas"]["Role"];
            /** @description false: nobody logs in here, all are admin. */
            auth: boolean;
            /** @description To be sent as `X-CSRF-Token` with what changes something, when the cookie is used. */
            csrf: string | null;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            expires_at: string | null;
            permissions: string[];
            /** @description There is no user yet: the first admin is to be made with the token in the log. */
            setup: boolean;
        };
        /** @enum {string} */
        Role: "viewer" | "editor" | "operator" | "admin";
        Users: {
            items: components["schemas"]["User"][];
        };
        User: {
            name: string;
            role: components["schemas"]["Role"];
            disabled: boolean;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            last_login_at: string | null;
        };
        Tokens: {
            items: components["schemas"]["Token"][];
        };
        Token: {
            id: string;
            name: string;
            user: string;
            role: components["schemas"]["Role"];
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            expires_at: string | null;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            last_used_at: string | null;
            /**
             * Format: date-time
             * @description It is refused since; it stays in the list for 30 days at least.
             */
            revoked_at: string | null;
        };
        TokenMade: {
            token: string;
            id: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            expires_at: string | null;
        };
        AuditEntry: {
            id: number;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            time: string;
            actor: string;
            action: string;
            target: string;
            details: unknown;
            address: string;
        };
        Secrets: {
            items: components["schemas"]["SecretHead"][];
        };
        SecretHead: {
            name: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             */
            updated_at: string;
            updated_by: string;
            used_by: string[];
        };
        SecretsKeyRotated: {
            /** @description How many there are. */
            secrets: number;
        };
    };
    responses: {
        /** @description Bad request. */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not authenticated. */
        Problem401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden. */
        Problem403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not found. */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Method not allowed. */
        Problem405: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict. */
        Problem409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Changed since. */
        Problem412: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too large. */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unsupported media type. */
        Problem415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Misdirected request. */
        Problem421: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Cannot be done. */
        Problem422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Precondition required. */
        Problem428: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests. */
        Problem429: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Internal error. */
        Problem500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The other side failed. */
        Problem502: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not now. */
        Problem503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Storage failed. */
        Problem507: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listFlows: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Flow"][];
                        /** @description null: this is the last page. */
                        next: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createFlow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 5242880 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Boiler alarms",
                 *       "document": {
                 *         "format": "fusewire.flow/1",
                 *         "name": "boiler-alarms",
                 *         "nodes": [
                 *           {
                 *             "id": "in",
                 *             "node_type": "tag_input",
                 *             "props": {
                 *               "tags": [
                 *                 "line1/+/temp"
                 *               ]
                 *             }
                 *           },
                 *           {
                 *             "id": "hot",
                 *             "node_type": "filter",
                 *             "props": {
                 *               "field": "value",
                 *               "op": ">",
                 *               "value": 80
                 *             }
                 *           },
                 *           {
                 *             "id": "out",
                 *             "node_type": "file_sink",
                 *             "props": {
                 *               "path": "alarms.jsonl"
                 *             }
                 *           }
                 *         ],
                 *         "wires": [
                 *           {
                 *             "source_node": "in",
                 *             "source_port": "out",
                 *             "target_node": "hot",
                 *             "target_port": "in"
                 *           },
                 *           {
                 *             "source_node": "hot",
                 *             "source_port": "out",
                 *             "target_node": "out",
                 *             "target_port": "in"
                 *           }
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @description Default: made from the name. */
                    id?: string;
                    name: string;
                    document?: unknown;
                    tests?: components["schemas"]["GoldenTest"][];
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flow"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flow"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "overload": "spill",
                 *       "test_before_deploy": true
                 *     }
                 */
                "application/json": {
                    /**
                     * @description What becomes of input that the flow does not take: see docs/operate.md.
                     * @enum {string}
                     */
                    overload?: "hold" | "spill" | "drop";
                    /** @description Golden tests must pass before each deploy. */
                    test_before_deploy?: boolean;
                    /** @description A new version that keeps failing within this time is rolled back. */
                    probation_ms?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flow"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description Revision, in quotes. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Draft"];
                };
            };
            /** @description As `If-None-Match` says. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    saveDraft: {
        parameters: {
            query?: never;
            header: {
                /** @description Revision that one has seen, as the ETag came: `"12"`; `*` is any. */
                "If-Match": string;
            };
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 5242880 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "document": {
                 *         "format": "fusewire.flow/1",
                 *         "name": "boiler-alarms",
                 *         "nodes": [
                 *           {
                 *             "id": "in",
                 *             "node_type": "tag_input",
                 *             "props": {
                 *               "tags": [
                 *                 "line1/+/temp"
                 *               ]
                 *             }
                 *           },
                 *           {
                 *             "id": "hot",
                 *             "node_type": "filter",
                 *             "props": {
                 *               "field": "value",
                 *               "op": ">",
                 *               "value": 80
                 *             }
                 *           },
                 *           {
                 *             "id": "out",
                 *             "node_type": "file_sink",
                 *             "props": {
                 *               "path": "alarms.jsonl"
                 *             }
                 *           }
                 *         ],
                 *         "wires": [
                 *           {
                 *             "source_node": "in",
                 *             "source_port": "out",
                 *             "target_node": "hot",
                 *             "target_port": "in"
                 *           },
                 *           {
                 *             "source_node": "hot",
                 *             "source_port": "out",
                 *             "target_node": "out",
                 *             "target_port": "in"
                 *           }
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": {
                    document: unknown;
                    tests?: components["schemas"]["GoldenTest"][];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description Revision, in quotes. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Draft"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            428: components["responses"]["Problem428"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 5242880 bytes. */
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "document": {
                 *         "format": "fusewire.flow/1",
                 *         "name": "boiler-alarms",
                 *         "nodes": [
                 *           {
                 *             "id": "in",
                 *             "node_type": "tag_input",
                 *             "props": {
                 *               "tags": [
                 *                 "line1/+/temp"
                 *               ]
                 *             }
                 *           },
                 *           {
                 *             "id": "hot",
                 *             "node_type": "filter",
                 *             "props": {
                 *               "field": "value",
                 *               "op": ">",
                 *               "value": 80
                 *             }
                 *           },
                 *           {
                 *             "id": "out",
                 *             "node_type": "file_sink",
                 *             "props": {
                 *               "path": "alarms.jsonl"
                 *             }
                 *           }
                 *         ],
                 *         "wires": [
                 *           {
                 *             "source_node": "in",
                 *             "source_port": "out",
                 *             "target_node": "hot",
                 *             "target_port": "in"
                 *           },
                 *           {
                 *             "source_node": "hot",
                 *             "source_port": "out",
                 *             "target_node": "out",
                 *             "target_port": "in"
                 *           }
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": {
                    document: unknown;
                    tests?: components["schemas"]["GoldenTest"][];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckReport"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listVersions: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["VersionHead"][];
                        /** @description null: this is the last page. */
                        next: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createVersion: {
        parameters: {
            query?: never;
            header?: {
                /** @description Revision that one has seen, as the ETag came: `"12"`; `*` is any. */
                "If-Match"?: string;
            };
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "message": "Alarm above 80 °C"
                 *     }
                 */
                "application/json": {
                    /** @default  */
                    message?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revertDraft: {
        parameters: {
            query?: never;
            header?: {
                /** @description Revision that one has seen, as the ETag came: `"12"`; `*` is any. */
                "If-Match"?: string;
            };
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 3
                 *     }
                 */
                "application/json": {
                    version: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description Revision, in quotes. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Draft"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            412: components["responses"]["Problem412"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    diffFlow: {
        parameters: {
            query?: {
                from?: "draft" | "deployed" | number;
                to?: "draft" | "deployed" | number;
            };
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowDiff"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cloneFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Boiler alarms, line 2"
                 *     }
                 */
                "application/json": {
                    id?: components["schemas"]["FlowId"];
                    name: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flow"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportFlow: {
        parameters: {
            query?: {
                version?: "draft" | "deployed" | number;
            };
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description See docs/flow.md. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.fusewire.bundle+json": unknown;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    importFlow: {
        parameters: {
            query?: {
                /** @description Chosen when the flow is created; never changes. */
                flow?: components["schemas"]["FlowId"];
                /** @description Chosen when the flow is created; never changes. */
                id?: components["schemas"]["FlowId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A bundle, or a fused flow. At most 100663296 bytes. */
        requestBody: {
            content: {
                "application/vnd.fusewire.bundle+json": unknown;
                "application/json": unknown;
                "application/wasm": unknown;
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Imported"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tryFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 5242880 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "messages": [
                 *         {
                 *           "tag": "line1/boiler/temp",
                 *           "value": 81.5
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description Default: the draft. */
                    document?: unknown;
                    version?: number;
                    /** @default false */
                    fused?: boolean;
                    messages?: components["schemas"]["TryMessage"][];
                    /** @description Copies what comes in now. */
                    from_live?: {
                        /** @default # */
                        match?: string;
                        /** @default 10 */
                        count?: number;
                        /** @default 5000 */
                        within_ms?: number;
                    };
                    /** @description Time that passes after the last message: ticks run, windows end, sinks write what they have. */
                    advance_ms?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TryReport"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody?: {
            content: {
                "application/json": {
                    version?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestReport"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deployFlow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for what is to be done, e.g. a UUID: sent again, it gets the answer of the first time. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "message": "Alarm above 80 °C",
                 *       "probation_ms": 10000
                 *     }
                 */
                "application/json": {
                    version?: number;
                    /**
                     * @description Of the version that is made.
                     * @default
                     */
                    message?: string;
                    probation_ms?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    /** @description `true`: this is the answer of the first time. */
                    "Idempotency-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deploy"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rollbackFlow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for what is to be done, e.g. a UUID: sent again, it gets the answer of the first time. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": {
                    version?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    /** @description `true`: this is the answer of the first time. */
                    "Idempotency-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deploy"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    planDeploy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody?: {
            content: {
                "application/json": {
                    version?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatePlan"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startFlow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for what is to be done, e.g. a UUID: sent again, it gets the answer of the first time. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    /** @description `true`: this is the answer of the first time. */
                    "Idempotency-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deploy"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopFlow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for what is to be done, e.g. a UUID: sent again, it gets the answer of the first time. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    /** @description `true`: this is the answer of the first time. */
                    "Idempotency-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deploy"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pauseFlow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for what is to be done, e.g. a UUID: sent again, it gets the answer of the first time. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    /** @description `true`: this is the answer of the first time. */
                    "Idempotency-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deploy"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeFlow: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your own for what is to be done, e.g. a UUID: sent again, it gets the answer of the first time. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    /** @description `true`: this is the answer of the first time. */
                    "Idempotency-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deploy"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeploys: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before. */
                after?: string;
                /** @description Chosen when the flow is created; never changes. */
                flow?: components["schemas"]["FlowId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Deploy"][];
                        /** @description null: this is the last page. */
                        next: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDeploy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deploy: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deploy"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deployEvents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deploy: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events; `data` is JSON of this shape. Comments keep the connection alive. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Deploy"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getArtifact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It holds its graph: `fusewire inspect`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/wasm": unknown;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listNodes: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before. */
                after?: string;
                type?: string;
                deprecated?: "true" | "false";
                /** @description Also the manifest of each. */
                manifests?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["LibraryNode"][];
                        /** @description null: this is the last page. */
                        next: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    uploadNode: {
        parameters: {
            query?: {
                /** @description Look at the file only: nothing is added. */
                dry_run?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A core module or component of the node contract. At most 17825792 bytes. */
        requestBody: {
            content: {
                "application/wasm": unknown;
                "multipart/form-data": {
                    file: string;
                    manifest?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeUpload"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getNode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description sha256 in lower-case hex. */
                hash: components["schemas"]["Sha256"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LibraryNodeFull"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeNode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description sha256 in lower-case hex. */
                hash: components["schemas"]["Sha256"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deprecateNode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description sha256 in lower-case hex. */
                hash: components["schemas"]["Sha256"];
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "deprecated": true,
                 *       "note": "Use 2.0.0."
                 *     }
                 */
                "application/json": {
                    deprecated: boolean;
                    /** @default  */
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LibraryNodeFull"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    downloadNode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description sha256 in lower-case hex. */
                hash: components["schemas"]["Sha256"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file as it was uploaded. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/wasm": unknown;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayStatus"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFlowLive: {
        parameters: {
            query?: {
                /** @description Sample last values. */
                values?: "true" | "false";
            };
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowLive"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: {
                /** @description Also this flow in full. */
                flow?: string;
                status?: "true" | "false";
                logs?: "true" | "false";
                interval_ms?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events; `data` is JSON of this shape. Comments keep the connection alive. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["LiveEvent"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    traceFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "match": "line1/#",
                 *       "records": 3,
                 *       "within_ms": 5000
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Tag pattern.
                     * @default #
                     */
                    match?: string;
                    /** @default 1 */
                    records?: number;
                    /** @default 5000 */
                    within_ms?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trace"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTags: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before. */
                after?: string;
                /** @description Tag pattern. */
                match?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Tag"][];
                        /** @description null: this is the last page. */
                        next: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readTags: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                "application/json": {
                    tags: string[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagsRead"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDrivers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Drivers"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLogs: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `seq` of the last line one has. */
                after?: number | null;
                /** @description Chosen when the flow is created; never changes. */
                flow?: components["schemas"]["FlowId"];
                level?: "debug" | "info" | "warn" | "error";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogLines"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before. */
                after?: string;
                node?: string;
                kind?: string;
            };
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetters"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDeadLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
                letter: number | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterFull"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDeadLetterMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
                letter: number | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As the node was given it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportDeadLetters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": unknown;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryDeadLetters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "ids": [
                 *         17,
                 *         18
                 *       ]
                 *     }
                 */
                "application/json": {
                    ids: "all" | number[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LettersDone"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dropDeadLetters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "ids": "all"
                 *     }
                 */
                "application/json": {
                    ids: "all" | number[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LettersDone"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRecordings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recordings"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    makeRecording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingMade"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Chosen when the flow is created; never changes. */
                flow: components["schemas"]["FlowId"];
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A .rec file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "user": "ada",
                 *       "password": "…"
                 *     }
                 */
                "application/json": {
                    user: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    user: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeOwnPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "old": "…",
                 *       "new": "…"
                 *     }
                 */
                "application/json": {
                    old: string;
                    new: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listUsers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Users"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "ada",
                 *       "role": "editor",
                 *       "password": "…"
                 *     }
                 */
                "application/json": {
                    name: string;
                    role: components["schemas"]["Role"];
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "operator"
                 *     }
                 */
                "application/json": {
                    role?: components["schemas"]["Role"];
                    password?: string;
                    disabled?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "backup",
                 *       "role": "viewer",
                 *       "expires_in_days": 30
                 *     }
                 */
                "application/json": {
                    name: string;
                    /**
                     * @description Not above one’s own.
                     * @enum {string}
                     */
                    role?: "viewer" | "editor" | "operator" | "admin";
                    /** @default 90 */
                    expires_in_days?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenMade"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before. */
                after?: string;
                actor?: string;
                action?: string;
                target?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AuditEntry"][];
                        /** @description null: this is the last page. */
                        next: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSecrets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secrets"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        /** @description At most 1048576 bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "value": "…"
                 *     }
                 */
                "application/json": {
                    value: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretHead"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateSecretsKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretsKeyRotated"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            /** @description Any other problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ready: boolean;
                        reasons: string[];
                    };
                };
            };
            /** @description Something that should run does not. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ready: boolean;
                        reasons: string[];
                    };
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Version 0.0.4. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
}
