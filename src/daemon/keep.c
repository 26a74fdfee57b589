/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keep.c: what core wants the next engine to know and is no configuration: running delay timers, values of
 * pw-templates in force, how far labels were given out. Kept as state records beside the journal; told to core again at a start. A record
 * that nobody wants any more is forgotten.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "daemon/engine.h"

#define REVERT		"revert/"	/* + AC: ends of its delay and resume timers, ns of CLOCK_MONOTONIC, 0: it does not run */
#define LABEL		"label/next"	/* labels of LDP's range below it may be with peers */
#define TEMPLATE	"template/"	/* + name: peer (host order), control word, MTU in force */

/* A name may have blanks, a key may not: a blank stands in it as %20, % as %25. */
static void key_of(char key[CFG_STATE_KEY_MAX + 1], const char *prefix, const char *name)
{
	size_t n = (size_t)snprintf(key, CFG_STATE_KEY_MAX + 1, "%s", prefix);

	for (; *name && n + 3 <= CFG_STATE_KEY_MAX; name++) {
		if (*name == ' ' || *name == '%')
			n += (size_t)sprintf(key + n, "%%%02x", *name);
		else
			key[n++] = *name;
	}
	key[n] = '\0';
}

static void name_of(char name[CFG_STATE_KEY_MAX + 1], const char *prefix, const char *key)
{
	unsigned int c;

	for (key += strlen(prefix); *key; key++) {
		if (*key == '%' && sscanf(key + 1, "%2x", &c) == 1 && key[2]) {
			*name++ = (char)c;
			key += 2;
		} else {
			*name++ = *key;
		}
	}
	*name = '\0';
}

static void set_key(struct engine *e, const char *key, const char *value)
{
	int rc = cfg_state_set(e->cfg, key, value);

	if (rc)
		log_event(LOG_P_ERR, "state-not-kept", "key=\"%s\" error=%d text=\"%s\"", key, -rc, strerror(-rc));
	e->keep = true;
}

static void set(struct engine *e, const char *prefix, const char *name, const char *value)
{
	char key[CFG_STATE_KEY_MAX + 1];

	key_of(key, prefix, name);
	set_key(e, key, value);
}

void keep_revert(struct engine *e, const struct act_keep *k)
{
	char value[48];

	snprintf(value, sizeof(value), "%" PRIu64 " %" PRIu64, k->deadline_ns, k->resume_ns);
	set(e, REVERT, k->name, k->deadline_ns || k->resume_ns ? value : NULL);
}

void keep_template(struct engine *e, const struct act_keep_template *k)
{
	char value[64];

	snprintf(value, sizeof(value), "%" PRIu32 " %u %u", k->v.peer, k->v.control_word, k->v.mtu);
	set(e, TEMPLATE, k->name, k->keep ? value : NULL);
}

void keep_label(struct engine *e, const struct act_keep_label *k)
{
	char value[16];

	snprintf(value, sizeof(value), "%" PRIu32, k->next);
	set_key(e, LABEL, value);
}

void keep_flush(struct engine *e)
{
	int rc = e->keep ? cfg_state_flush(e->cfg) : 0;

	if (rc)
		log_event(LOG_P_ERR, "state-not-written", "error=%d text=\"%s\"", -rc, strerror(-rc));
	e->keep = false;
}

static int seed_revert(void *arg, const char *key, const char *value)
{
	struct engine *e = arg;
	char name[CFG_STATE_KEY_MAX + 1];
	uint64_t deadline = 0, resume = 0;

	name_of(name, REVERT, key);
	if (sscanf(value, "%" SCNu64 " %" SCNu64, &deadline, &resume) < 1 ||
	    !core_seed_revert(e->core, name, deadline, resume))
		set_key(e, key, NULL);
	return 0;
}

static int seed_template(void *arg, const char *key, const char *value)
{
	struct engine *e = arg;
	struct template_values v = { 0 };
	char name[CFG_STATE_KEY_MAX + 1];
	unsigned int control_word = 0;

	name_of(name, TEMPLATE, key);
	if (sscanf(value, "%" SCNu32 " %u %" SCNu16, &v.peer, &control_word, &v.mtu) == 3) {
		v.control_word = control_word;
		if (core_seed_template(e->core, name, &v))
			return 0;
	}
	set_key(e, key, NULL);
	return 0;
}

static int seed_label(void *arg, const char *key, const char *value)
{
	struct engine *e = arg;
	uint32_t next;

	if (sscanf(value, "%" SCNu32, &next) == 1)
		core_seed_next_label(e->core, next);
	else
		set_key(e, key, NULL);
	return 0;
}

void keep_seed(struct engine *e)
{
	cfg_state_each(e->cfg, LABEL, seed_label, e);
	cfg_state_each(e->cfg, REVERT, seed_revert, e);
	cfg_state_each(e->cfg, TEMPLATE, seed_template, e);
}
