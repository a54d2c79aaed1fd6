import type { AddCommand } from './context.ts'
export const addDoctorCommand: AddCommand = () => {}
