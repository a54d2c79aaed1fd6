import type { Command } from 'commander'
import type { CommandContext } from './context.ts'
export function addImport(_group: Command, _context: CommandContext): void {}
