import { chromium } from 'playwright-core';
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu']});
for (const scheme of ['light','dark']){const p=await b.newPage({viewport:{width:1200,height:3000},colorScheme:scheme});
p.on('console',m=>console.log(scheme,m.text()));p.on('pageerror',e=>console.log('ERR',e.message));
await p.goto('file://'+process.argv[2]);await p.waitForTimeout(800);await p.screenshot({path:`/tmp/report-${scheme}.png`});
await p.close();}
await b.close();
