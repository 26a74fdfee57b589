/* SPDX-License-Identifier: BSD-2-Clause */
/* prepare.h: what prepare.c and judge.c share; private to src/core. @m and @l may be NULL. */
#ifndef TW_CORE_PREPARE_H
#define TW_CORE_PREPARE_H

#include "core/state.h"

bool has_circuit(const struct m_interface *m);
bool has_vlan(const struct m_interface *m);		/* its AC is a VLAN of its parent */
bool starts_path(const struct m_static_lsp *l);		/* ingress or transit */
bool has_ends(const struct m_interface *m);		/* it needs a struct ends */
uint64_t vlan_key(const char *parent, uint16_t vid);	/* in core.vlans, and as a claim */
uint32_t capacity_of(const struct core *c, const struct m_system *s);
struct lsp *lsp_named(const struct core *c, const char *name);

#endif
