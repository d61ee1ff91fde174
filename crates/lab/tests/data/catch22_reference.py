"""Writes catch22_reference.csv; run with pycatch22 0.4.5."""
import numpy as np, pycatch22
def series(kind):
    st=12345; v=[]
    for i in range(500):
        st=(st*1103515245+12345)%2**31; u=st/2**31
        t=float(i)
        if kind==0: y=u
        if kind==1: y=np.sin(t*0.21)+0.3*u
        if kind==2: y=np.exp(-t/80)+0.05*u
        if kind==3: y=(v[-1] if v else 0)+u-0.5
        v.append(y)
    return np.array(v)
print("series,feature,value")
for k in range(4):
    y=series(k); z=(y-y.mean())/y.std(ddof=1)
    r=pycatch22.catch22_all(list(z))
    for n,x in zip(r['names'],r['values']): print(f"{k},{n},{x!r}")
