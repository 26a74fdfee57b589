/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * warnings.c: what a commit's operator would be told of the configuration an engine starts with, in the log.
 */
#include "base/log.h"
#include "cli/warn.h"
#include "daemon/engine.h"

static void tell(void *arg, const char *sentence)
{
	(void)arg;
	log_event(LOG_P_WARNING, "config-warning", "text=\"%s\"", sentence);
}

static bool slice(void *arg)
{
	struct engine *e = arg;

	loop_doing(e->loop, "warnings of the configuration");
	if (warn_step(e->warn, tell, NULL))
		return true;
	warn_free(e->warn);
	e->warn = NULL;
	return false;
}

void warnings_log(struct engine *e)
{
	e->warn = warn_new(e->cfg, e->core, NULL);
	if (e->warn)
		loop_idle(e->loop, slice, e);
}

void warnings_free(struct engine *e)
{
	if (e->warn)
		loop_idle_off(e->loop, slice, e);
	warn_free(e->warn);
	e->warn = NULL;
}
