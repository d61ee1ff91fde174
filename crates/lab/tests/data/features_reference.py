"""Reference values for the tests of features: run with numpy, scipy and scikit-image; versions in the tests."""
import numpy as np, skimage, scipy
from skimage.feature import graycomatrix, graycoprops
from skimage.filters import threshold_otsu
from skimage.measure import label, regionprops
W,H=96,80
st=777; img=np.zeros((H,W),np.uint8)
for y in range(H):
    for x in range(W):
        st=(st*1103515245+12345)%2**31
        v=60+(st>>16)%40
        for cx,cy,r in ((20,20,9),(60,30,13),(40,60,6),(80,65,11),(10,70,4),(75,10,7)):
            if (x-cx)**2+(y-cy)**2<=r*r: v+=110
        img[y,x]=v
q=np.minimum((img/255*32).astype(int),31).astype(np.uint8)
g=graycomatrix(q,[1],[0,np.pi/4,np.pi/2,3*np.pi/4],levels=32,symmetric=True,normed=True)
for p in ('contrast','correlation','energy','homogeneity'): print(p, repr(graycoprops(g,p).mean()))
t=threshold_otsu(img); print('otsu',t)
for name,m in (('bright',img>t),('dark',img<=t)):
    a=np.array([r.area for r in regionprops(label(m,connectivity=2))]); a=a[a>=5]
    d=np.sqrt(4*a/np.pi); print(name,len(d),d.mean(),np.percentile(d,[10,50,90]),m.mean())
f=img/255.
print('mean',f.mean(),'std',f.std(),'skew',(((f-f.mean())/f.std())**3).mean())
side=64; x0=(W-side)//2; y0=(H-side)//2
t_=f[y0:y0+side,x0:x0+side]; w=0.5*(1-np.cos(2*np.pi*np.arange(side)/side))
P=np.abs(np.fft.fft2((t_-t_.mean())*np.outer(w,w)))**2
k=np.fft.fftfreq(side)*side; kr=np.rint(np.hypot(*np.meshgrid(k,k))).astype(int)
ks=np.arange(3,side//4+1); pw=np.array([P[kr==j].mean() for j in ks])
print('slope',np.polyfit(np.log(ks),np.log(pw),1)[0]); print(np.__version__,skimage.__version__)
