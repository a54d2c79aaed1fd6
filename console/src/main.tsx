import './styles/main.css'
import * as Tooltip from '@radix-ui/react-tooltip'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './api/query-client.ts'
import { ToastProvider } from './components/toast.tsx'
import { LanguageProvider } from './language/language.tsx'
import { createConsoleRouter } from './router.tsx'

const place = document.getElementById('root')
if (place === null) throw new Error('index.html has no element for the console')

createRoot(place).render(
  <StrictMode>
    <LanguageProvider>
      <QueryClientProvider client={createQueryClient()}>
        <Tooltip.Provider>
          <ToastProvider>
            <RouterProvider router={createConsoleRouter()} />
          </ToastProvider>
        </Tooltip.Provider>
      </QueryClientProvider>
    </LanguageProvider>
  </StrictMode>,
)
